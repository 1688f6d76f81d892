import json

FILTERS = {"period", "territory"}


class BoardsMixin:
    """What holds for the boards of an addon.

    MODULE: technical name of the addon.
    readers: name of a board → who it is for.
    stranger: somebody none of them is for.
    """

    MODULE: str
    allow_inherited_tests_method = True

    def board(self, name):
        return self.env.ref(f"{self.MODULE}.board_{name}")

    def sources(self, board):
        """What a board asks: its pivots and its charts, each with model and filters."""
        data = json.loads(board.spreadsheet_data)
        for pivot in data["pivots"].values():
            names = [measure["fieldName"] for measure in pivot["measures"]]
            names += [row["fieldName"] for row in pivot["rows"]]
            yield pivot["model"], names, pivot["fieldMatching"]
        for figure in data["sheets"][0]["figures"]:
            chart = figure["data"]
            if chart["type"].startswith("odoo_"):
                asked = chart["metaData"]
                names = [asked["measure"], *asked["groupBy"]]
                yield asked["resModel"], names, chart["fieldMatching"]

    def test_a_board_asks_figures_that_its_reader_may_read(self):
        for name, user in self.readers.items():
            board = self.board(name)
            self.assertTrue(list(self.sources(board)))
            for model, names, filters in self.sources(board):
                with self.subTest(board=name, model=model, names=names):
                    figures = self.env[model].with_user(user)
                    self.assertTrue(model.endswith(".figures"))
                    self.assertTrue(figures.has_access("read"))
                    # Every number follows both filters.
                    self.assertEqual(filters.keys(), FILTERS)
                    chains = [one["chain"] for one in filters.values()]
                    for path in names + chains:
                        self.assertIn(path.partition(":")[0], figures._fields)

    def test_a_board_is_opened_by_those_it_is_for(self):
        boards = self.env["spreadsheet.dashboard"]
        for name, user in self.readers.items():
            with self.subTest(name):
                self.assertIn(self.board(name), boards.with_user(user).search([]))
                self.assertNotIn(
                    self.board(name), boards.with_user(self.stranger).search([])
                )

    def test_what_opens_from_a_board_is_a_menu_of_its_reader(self):
        menus = self.env["ir.ui.menu"]
        for name, user in self.readers.items():
            seen = menus.with_user(user)._visible_menu_ids()
            data = json.loads(self.board(name).spreadsheet_data)
            for xmlid in set(data["chartOdooMenusReferences"].values()):
                with self.subTest(board=name, menu=xmlid):
                    self.assertIn(self.env.ref(xmlid).id, seen)
