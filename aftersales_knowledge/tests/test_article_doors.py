from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.border_doors import BorderDoorsMixin

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestArticleDoors(BorderDoorsMixin, KnowledgeCase):
    """No border parts the regions' articles, but a draft is its editors' alone."""

    MODULE = "aftersales_knowledge"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader, cls.overseer = cls.office_north, cls.approver
        cls.own = {"aftersales.article": cls.make_article("Pump")}
        cls.foreign = {"aftersales.article": cls.make_article("Nozzle", "draft")}
        for rows, state in ((cls.own, "published"), (cls.foreign, "draft")):
            guide = cls.make_guide(state)
            for part in (guide, guide.question_ids, guide.question_ids.answer_ids):
                rows[part._name] = part
        jobs = [
            cls.make_work_order(cls.make_request(territory_id=home.id), state="done")
            for home in (cls.north, cls.south)
        ]
        proofs = cls.env["aftersales.article.proof"]
        for rows, job in zip((cls.own, cls.foreign), jobs, strict=True):
            cls.env.flush_all()
            rows[proofs._name] = proofs.search([("work_order_id", "=", job.id)])
        news = cls.env["aftersales.bulletin"]
        bulletins = news.create([{"name": "Ours"}, {"name": "Not yet"}])
        bulletins[0]._write_guarded({"state": "published"})
        cls.own[news._name], cls.foreign[news._name] = bulletins
        readers = cls.env["aftersales.bulletin.reader"]
        cls.own[readers._name], cls.foreign[readers._name] = readers.create(
            [
                {
                    "bulletin_id": bulletins[0].id,
                    "partner_id": cls.make_station(f"News {home.name}", home).id,
                }
                for home in (cls.north, cls.south)
            ]
        )
