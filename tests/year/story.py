"""The year of one miner in Chicago, told month by month: what happened, and what each service lists of it on which day.

The seed draws amounts, hours and minutes; what happens is the same in every year. Each thing is told three ways and
never mixed: as truth (what a return is made of), on the chain, and as the rows of services, which may be late, queued,
failed or told otherwise before they are right.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random  # noqa: TID251 - a drawn year, by a seed that is written down

from tests.year.chain import Payment, Reorganisation
from tests.year.doings import DAY, HOUR, Doings
from tests.year.truth import CENT, HERE, Came, Rig, local, midnight

LAST = local(2, 20, year=2027)
"""The day on which the return is made."""


class Story(Doings):
    """The year, with what *draw* draws."""

    def __init__(self, draw: Random, *, on_credit: bool = False) -> None:
        super().__init__(draw)
        self.truth.on_credit = on_credit
        self.before_the_year()
        self.all_year()
        for month in (
            self.january, self.february, self.march, self.april, self.may, self.june, self.july, self.august,
            self.september, self.october, self.november, self.december,
        ):  # fmt: skip
            month()
        ticks = [
            datetime(2025, 12, 28, 8 * third, tzinfo=UTC) + DAY * day + timedelta(minutes=self.draw.randrange(400))
            for day in range(423)
            for third in range(3)
        ]
        self.chain.grow(ticks, self.payments, self.moves)

    def before_the_year(self) -> None:
        """In 2025: two purchases at River, a pair of old rigs, and a rig ordered before the law of that January."""
        for at, units in ((local(1, 21, 10, year=2025), 2_000_000), (local(6, 3, 9, year=2025), 1_200_000)):
            self.buys_at_river(at, units + self.draw.randrange(90_000))
        brought = Decimal(900) + self.draw.randrange(99)
        self.truth.rigs += [
            Rig(name="old pair", usd=Decimal(4000), contract=date(2025, 2, 10), service=date(2025, 2, 20),
                sold=date(2026, 8, 14), brought=brought),
            Rig(name="first", usd=Decimal(5200), contract=date(2025, 1, 10), service=date(2026, 1, 5)),
            Rig(name="second", usd=Decimal(6100), contract=date(2026, 6, 20), service=date(2026, 7, 2)),
        ]  # fmt: skip

    def all_year(self) -> None:
        """What comes again and again: credits of pools, ether classic, the fiber line, the shed until June, a barn."""
        braiins_ends, viabtc_begins, viabtc_ends = 185, 120, 361
        for number in range(-4, 366):
            day = midnight(1, 1) - 6 * HOUR + number * DAY
            if number < braiins_ends:
                self.braiins_credits(day)
            if viabtc_begins <= number < viabtc_ends:
                self.viabtc_credits(day)
        for number in range(60):
            self.two_miners_pays(midnight(1, 3) + number * 6 * DAY + self.minutes(1300))
        for month in range(1, 13):
            self.bill(local(month, 4), "FIBER CO 0417", "internet", Decimal("79.90"))
            self.bill(local(month, 9), "CORNER COFFEE", "", Decimal("4.50"))
        day = midnight(1, 1)
        while day < midnight(7, 1):
            self.shed_uses(day)
            day = (day.astimezone(HERE).replace(tzinfo=None) + DAY).replace(tzinfo=HERE).astimezone(UTC)

        for number in range(14):
            self.barn_uses(midnight(12, 18) + number * DAY)

    def january(self) -> None:
        """Braiins alone pays, each week; what it paid on New Year's Eve by the miner's clock is of the year before."""
        self.braiins_pays(local(12, 31, 21, 20, year=2025), block=local(12, 31, 22, 41, year=2025))
        for day in (7, 14, 21, 28):
            self.braiins_pays(local(1, day, 15) + self.minutes(300))
        for day in range(6, 31, 2):
            self.nicehash_pays(local(1, day, 4))

    def february(self) -> None:
        """A payout stands in the queue for nine days; another fails, and is sent again."""
        self.braiins_pays(local(2, 4, 15))
        self.braiins_pays(local(2, 20, 9), queued=local(2, 11, 15))
        self.braiins_fails(local(2, 25, 15))
        self.braiins_pays(local(2, 26, 11))
        for day in range(1, 27, 2):
            self.nicehash_pays(local(2, day, 4))

    def march(self) -> None:
        """Coins go to Coinbase and are sold there; old ones at River; NiceHash's go to Kraken, less a fee."""
        for day in (4, 11, 18, 25):
            self.braiins_pays(local(3, day, 15) + self.minutes(300))
        self.sends_to_coinbase(local(3, 9, 10), 1_500_000)
        self.sells_at_coinbase(local(3, 11, 14), 900_000 + self.draw.randrange(90_000), in_quote=True)
        self.sells_at_river(local(3, 17, 11), 2_300_000)
        for day in range(1, 25, 2):
            self.nicehash_pays(local(3, day, 4))
        self.withdraws_from_nicehash(local(3, 28, 12))

    def april(self) -> None:
        """Eight blocks are undone: a payout moves over midnight, and a block the miner had found is nobody's."""
        self.sells_at_kraken(local(4, 3, 13))
        for day in (1, 8):
            self.braiins_pays(local(4, day, 15))
        self.braiins_pays(local(4, 18, 19), block=local(4, 18, 20, 31), then=local(4, 19, 0, 47))
        lost = local(4, 18, 23, 5)
        self.pay(Payment(at=lost, outputs={"solo": 250_000_000}, in_coinbase=True, orphaned=True))
        self.moves.append(Reorganisation(since=local(4, 18, 18), at=local(4, 21, 9, 30)))
        self.braiins_pays(local(4, 24, 15))

    def may(self) -> None:
        """ViaBTC begins, with namecoin beside bitcoin; Kraken sends the rest home, where only pools pay otherwise."""
        for day in (1, 8, 15, 22, 29):
            self.braiins_pays(local(5, day, 15))
        self.withdraws_from_kraken(local(5, 12, 16))
        self.viabtc_pays(local(5, 27, 11))

    def june(self) -> None:
        """Braiins pays a little over Lightning; a payout is told with another time the day after."""
        self.braiins_pays_lightning(local(6, 6, 18))
        self.braiins_pays(local(6, 12, 15))
        self.braiins_pays(local(6, 19, 15), corrected=True)
        self.braiins_pays(local(6, 26, 15))
        self.viabtc_pays(local(6, 24, 11))

    def july(self) -> None:
        """Braiins pays what is left and is done; a new rig runs at a host; OCEAN begins, and pays in its blocks."""
        self.braiins_pays(local(7, 6, 15))
        self.hosting(7)
        for day in (5, 9, 13, 17, 22, 26, 30):
            self.ocean_finds(local(7, day, 3) + self.minutes(900), 420_000)
        self.viabtc_pays(local(7, 22, 11))

    def august(self) -> None:
        """The old rigs are sold; half the machines are off: OCEAN pays three blocks over Lightning, and lists none."""
        self.hosting(8)
        self.bill(local(8, 12), "FAN SHOP 12", "repairs", Decimal("214.36"))
        self.ocean_empties(local(8, 1, 9))
        for day in (3, 5, 7):
            self.ocean_pays_lightning(local(8, day, 3) + self.minutes(300))
        for day in (11, 15, 20, 24, 29):
            self.ocean_finds(local(8, day, 3) + self.minutes(900), 430_000)
        self.viabtc_pays(local(8, 19, 11))

    def september(self) -> None:
        """The miner finds a block alone, by CKPool, which keeps two percent; OCEAN tells payouts twelve days late."""
        self.hosting(9)
        at, sats = local(9, 8, 2, 17), 153_125_000  # 98 percent of 1.5625
        self.pay(Payment(at=at, outputs={"solo": sats}, in_coinbase=True))
        self.truth.came.append(Came(pool="", at=at, asset="BTC", units=sats, wallet="solo"))
        for day in (3, 7, 11, 16, 21, 26):
            self.ocean_finds(local(9, day, 3) + self.minutes(900), 440_000, late=day > 9)
        self.viabtc_pays(local(9, 16, 11))

    def october(self) -> None:
        """More coins go to Coinbase, and are sold in two trades."""
        self.hosting(10)
        for day in (2, 7, 12, 18, 24, 29):
            self.ocean_finds(local(10, day, 3) + self.minutes(900), 410_000)
        self.sends_to_coinbase(local(10, 13, 10), 2_400_000)
        self.sells_at_coinbase(local(10, 14, 10), 700_000)
        self.sells_at_coinbase(local(10, 14, 16), 1_100_000 + self.draw.randrange(9) * 10_000)
        self.viabtc_pays(local(10, 14, 11))

    def november(self) -> None:
        """NiceHash again; two blocks are undone and nothing moves; ViaBTC pays an account instead of the chain."""
        self.hosting(11)
        for day in (3, 9, 15, 20, 26):
            self.ocean_finds(local(11, day, 3) + self.minutes(900), 400_000)
        for day in range(2, 30, 2):
            self.nicehash_pays(local(11, day, 4))
        self.moves.append(Reorganisation(since=local(11, 17, 6), at=local(11, 17, 22, 10)))
        self.sells_at_river(local(11, 10, 11), 500_000)
        self.viabtc_pays(local(11, 11, 11), account=True)

    def december(self) -> None:
        """The year ends by the miner's clock, not by that of the pools: its last payouts are told in 2027."""
        self.hosting(12)
        for day in range(1, 31, 3):
            self.nicehash_pays(local(12, day, 4))
        for day in (4, 10, 17, 23):
            self.ocean_finds(local(12, day, 3) + self.minutes(900), 415_000)
        self.ocean_empties(local(12, 31, 21, 55))
        self.viabtc_pays(local(12, 30, 11))
        self.two_miners_pays(local(12, 31, 22, 3))
        self.two_miners_pays(local(1, 1, 0, 4, year=2027))

    def hosting(self, month: int) -> None:
        """The host of the new rigs is paid on the third."""
        self.bill(local(month, 3), "NORTH HOSTING LLC", "hosting", Decimal(310) + self.draw.randrange(4000) * CENT)
