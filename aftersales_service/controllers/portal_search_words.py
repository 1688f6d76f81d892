from odoo import http
from odoo.http import request

from .helpdesk import CustomerPortalRequests


class CustomerPortalSearchWords(CustomerPortalRequests):
    """Words of the search bar above the customer's requests.

    Terms in the code of helpdesk_mgmt are translated by that addon only, and it has
    no Chinese; the labels are said again here.
    """

    @http.route()
    def portal_my_tickets(self, **kw):
        response = super().portal_my_tickets(**kw)
        if response.is_qweb:
            for bar, labels in self._get_search_words().items():
                for key, label in labels.items():
                    if key in response.qcontext.get(bar, {}):
                        response.qcontext[bar][key]["label"] = label
        return response

    def _get_search_words(self):
        """Label by key for each part of the search bar."""
        stage, title = request.env._("Stage"), request.env._("Title")
        return {
            "searchbar_sortings": {
                "date": request.env._("Newest"),
                "name": title,
                "stage": stage,
                "update": request.env._("Last change of stage"),
            },
            "searchbar_filters": {"all": request.env._("All")},
            "searchbar_groupby": {
                "none": request.env._("None"),
                "category": request.env._("Category"),
                "stage": stage,
            },
            "searchbar_inputs": {
                "all": request.env._("Search everywhere"),
                "number": request.env._("Search in numbers"),
                "name": request.env._("Search in titles"),
            },
        }
