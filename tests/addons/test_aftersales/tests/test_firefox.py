from odoo.tests import tagged

from . import test_tours
from .firefox import FirefoxCase


@tagged("post_install", "-at_install", "tour")
class TestFirefox(FirefoxCase, test_tours.ToursCase):
    """The golden paths of the office in another browser."""

    test_agent_takes_a_call = test_tours.TestTours.test_agent_takes_a_call
    test_office_dispatches = test_tours.TestTours.test_office_dispatches_from_the_board
    test_auditor_approves = test_tours.TestTours.test_auditor_approves_what_was_doubtful
    test_manager_settles_a_month = test_tours.TestTours.test_manager_settles_a_month


@tagged("post_install", "-at_install", "tour")
class TestFirefoxOnAPhone(FirefoxCase, test_tours.ToursCase):
    """The golden paths of the portal in another browser, as wide as a phone."""

    browser_size = "390x844"

    test_station_does_a_job = test_tours.TestPhoneTours.test_station_does_a_job
    test_station_answers = test_tours.TestPhoneTours.test_station_answers_its_settlement
    test_customer_asks = test_tours.TestPhoneTours.test_customer_asks_for_service
