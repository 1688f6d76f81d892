from odoo.http import request

from . import photo
from .form_reader import clean

MAX_PHOTOS = 12


class JobPhotos:
    """Photos of a posted report: read, written anew, kept with what they show.

    Part of the controllers of a station's forms; their routes have checked whose job
    it is.
    """

    def _save_photos(self, job, reader):
        """Remove the photo asked for, then keep the new ones, written anew."""
        removed = reader.form.get("remove_photo") or ""
        job.photo_ids.filtered(lambda kept: str(kept.id) == removed).unlink()
        job._add_photos(self._read_photos(reader, len(job.photo_ids)))

    def _read_photos(self, reader, kept_count=0):
        """Values of attachments for the photos that were sent, written anew."""
        sentences, vals_list = {}, []
        for evidence_id, upload in self._get_photo_uploads(reader):
            name = clean(upload.filename, 80)
            if kept_count + len(vals_list) >= MAX_PHOTOS:
                sentences.setdefault("photo_ids", []).append(
                    request.env._("Only %(count)s photos are kept.", count=MAX_PHOTOS)
                )
                break
            try:
                data = photo.reencode(upload.stream.read(photo.MAX_BYTES + 1))
            except photo.PhotoError as problem:
                # At the field the photo was chosen in.
                field = f"photo_ids-{evidence_id}" if evidence_id else "photo_ids"
                sentences.setdefault(field, []).append(
                    self._get_photo_sentence(name, problem.code)
                )
                continue
            vals_list.append(
                {
                    "name": f"{name.rpartition('.')[0] or name}.jpg",
                    "raw": data,
                    "mimetype": "image/jpeg",
                    "evidence_id": evidence_id,
                }
            )
        reader.errors |= {name: " ".join(told) for name, told in sentences.items()}
        return vals_list

    def _get_photo_uploads(self, reader):
        """(what it shows or False, upload) of the files that were chosen."""
        uploads = request.httprequest.files
        fields_of = {f"photo-{photo.id}": photo.id for photo in reader.photo_kinds}
        return [
            (evidence_id, upload)
            for name, evidence_id in [*fields_of.items(), ("photos", False)]
            for upload in uploads.getlist(name)
            if upload.filename
        ]

    def _get_photo_sentence(self, name, code):
        return {
            "heic": request.env._(
                "%(name)s is a HEIC photo, which other devices cannot show. Set the"
                " camera to “Most compatible” or send a JPEG.",
                name=name,
            ),
            "too_big": request.env._(
                "%(name)s is too big: at most 10 MB and 50 megapixels.", name=name
            ),
            "unreadable": request.env._(
                "%(name)s is not a photo we can read. Send a JPEG or PNG.", name=name
            ),
        }[code]
