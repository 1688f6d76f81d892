"""120 customers and 300 engines: some in warranty, some expired, some in stock."""

from dateutil.relativedelta import relativedelta

from .loading import get_today, load, read_rows
from .network import DEALERS, SHOPS, make_portal_users, place

UNIT_COUNT = 300
CUSTOMER_COUNT = 120

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = ("建军", "秀英", "志刚", "海燕", "永强", "桂兰", "国庆", "春梅", "大伟", "玉珍")
# Province, city, share of the customers, latitude and longitude of the city.
PLACES = (
    ("SD", "济南市", 16, 36.65, 117.12),
    ("SD", "潍坊市", 14, 36.71, 119.16),
    ("SD", "临沂市", 12, 35.10, 118.36),
    ("JS", "徐州市", 10, 34.21, 117.28),
    ("GX", "南宁市", 12, 22.82, 108.32),
    ("GX", "玉林市", 8, 22.65, 110.18),
    ("GD", "广州市", 10, 23.13, 113.26),
    ("HN", "长沙市", 8, 28.23, 112.94),
    ("HE", "石家庄市", 10, 38.04, 114.51),
    ("HE", "保定市", 6, 38.87, 115.46),
    ("HA", "郑州市", 9, 34.75, 113.62),
    ("SX", "太原市", 5, 37.87, 112.55),
)


def play(env, random):
    """Make customers and units; return the sold units."""
    customers = list(play_customers(env, random).values())
    units = play_units(env, random, customers)
    make_portal_users(
        env, {"customer": ("customer", "王建军", "demo_customer_001", False)}
    )
    return units


def play_customers(env, random):
    spots = random.choices(PLACES, [spot[2] for spot in PLACES], k=CUSTOMER_COUNT)
    spots[0] = PLACES[0]
    values = {}
    for number, (state, city, _share, latitude, longitude) in enumerate(spots, start=1):
        name = random.choice(SURNAMES) + random.choice(GIVEN)
        values[f"demo_customer_{number:03d}"] = {
            "name": "王建军农机合作社" if number == 1 else name,
            "is_company": number == 1,
            "aftersales_role": "customer",
            "phone": f"+86 13{random.randint(0, 9)} {random.randint(0, 9999):04d}"
            f" {random.randint(0, 9999):04d}",
            "street": f"{random.choice(('解放', '人民', '建设', '新华'))}路"
            f" {random.randint(1, 300)} 号",
            "partner_latitude": latitude + random.uniform(-0.4, 0.4),
            "partner_longitude": longitude + random.uniform(-0.4, 0.4),
            **place(env, state, city),
        }
    return load(env, "res.partner", values)


def play_units(env, random, customers):
    today = get_today(env)
    models = read_rows("engines")
    shares = [int(row["share"]) for row in models]
    dealers = [env.ref(f"aftersales_service.demo_{row[0]}") for row in DEALERS]
    shops = [env.ref(f"aftersales_service.demo_{row[0]}") for row in SHOPS]
    values = {}
    for number in range(1, UNIT_COUNT + 1):
        row = random.choices(models, shares)[0]
        produced = today - relativedelta(days=random.randint(60, 1000))
        shipped = produced + relativedelta(days=random.randint(5, 40))
        # The step of seven with this start gives the demo customer three machines.
        owner = customers[(number * 7 + 1) % len(customers)]
        near = [d for d in dealers if d.territory_id == owner.territory_id]
        dealer = random.choice(near)
        vals = {
            "name": f"HY{produced:%y%m}{row['code'][:4]}{number:04d}",
            "product_id": env.ref(f"aftersales_service.demo_engine_{row['code']}").id,
            "production_date": produced,
            "production_batch": f"{produced:%Y%m}-{random.randint(1, 3)}",
            "shipping_date": shipped,
            "selling_partner_id": dealer.id,
        }
        # One engine in ten still stands at the dealer's.
        if number % 10:
            vals |= prepare_sale(random, today, shipped, owner)
            same = [shop for shop in shops if shop.state_id == owner.state_id]
            vals["purchase_place_id"] = same[0].id if same else False
        else:
            vals["territory_id"] = dealer.territory_id.id
        values[f"demo_unit_{number:03d}"] = vals
    units = load(env, "stock.lot", values)
    return [unit for unit in units.values() if unit.owner_id]


def prepare_sale(random, today, shipped, owner):
    """Sale, installation and site of a unit that a customer bought."""
    sold = min(shipped + relativedelta(days=random.randint(5, 150)), today)
    installed = min(sold + relativedelta(days=random.randint(0, 20)), today)
    return {
        "owner_id": owner.id,
        "sale_date": sold,
        "installation_date": installed,
        "site_street": owner.street,
        "site_state_id": owner.state_id.id,
        "site_city_id": owner.city_id.id,
        "site_latitude": owner.partner_latitude,
        "site_longitude": owner.partner_longitude,
    }
