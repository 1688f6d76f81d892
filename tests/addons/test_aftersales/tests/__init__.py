from . import test_call_tour
from . import test_firefox
from . import test_knowledge_tours
from . import test_machine_life
from . import test_screens
from . import test_story
from . import test_tours
from . import test_visiting
