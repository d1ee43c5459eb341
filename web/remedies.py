"""What each finding means to a person: a title, and how to mend it.

In a command `{event}` stands for the event the finding is at, `{book}` for the book and `{year}` for the year shown.
What only the taxpayer knows stands in capitals, and the command is refused until it is filled in.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Remedy:
    """A title in plain words, and the command that mends it, where there is one.

    A question has two answers: `otherwise` is the command of the other one. Where the answers hang on what the events
    are, the finding's own words hold their commands, and there is none here.
    """

    title: str
    command: str = ""
    otherwise: str = ""


EVENT = "{event}"
"""A command that holds it is another one for each finding."""
POLL = "lotwork --book {book} poll"
IMPORT = "lotwork --book {book} import FILE"
ADD = "lotwork --book {book} add"
BROUGHT = ADD + " transfer at=DAY from_wallet=WALLET to_wallet=WALLET asset=COIN quantity=AMOUNT"
VOID = ADD + " void at={now} target={event} reason=REASON"
RENAME = ADD + """ correction at={now} target={event} reason=REASON set='{{"category": "CATEGORY"}}'"""
SPAN = ADD + """ correction at={now} target={event} reason=REASON set='{{"from": "DAY", "to": "DAY"}}'"""
SECTION_179 = ADD + """ correction at={now} target={event} reason=REASON set='{{"section_179_usd": "AMOUNT"}}'"""
REDATE = ADD + """ correction at={now} target={event} reason=REASON set='{{"at": "INSTANT"}}'"""
PROFILE = ADD + " profile at={now} filing_status=STATUS time_zone=ZONE activity=business"
GIFT = ADD + """ correction at={now} target={event} reason=REASON set='{{"donor_basis_usd": "AMOUNT"}}'"""
GIFT_VALUE = ADD + """ correction at={now} target={event} reason=REASON set='{{"fair_value_usd": "AMOUNT"}}'"""
GIFT_DAY = ADD + """ correction at={now} target={event} reason=REASON set='{{"donor_acquired": "DAY"}}'"""
ORDER = ADD + " election at={now} from=DAY wallet=WALLET method=METHOD with_broker=true"
PRIOR_YEAR = ADD + " year_facts at={now} year={year} prior_year_tax_usd=AMOUNT prior_year_agi_usd=AMOUNT"
YEAR_FACTS = ADD + " year_facts at={now} year={year} wages_usd=AMOUNT"
PRIOR_TAX = ADD + """ correction at={now} target={event} reason=REASON set='{{"prior_year_tax_usd": "AMOUNT"}}'"""
STATE_PRIOR_TOLD = ADD + (
    """ correction at={now} target={event} reason=REASON set='{{"state_prior_year_tax_usd": "AMOUNT"}}'"""
)
YEAR_THROUGH = ADD + " year_facts at={now} year={year} through=DAY wages_usd=AMOUNT"
CREDIT = ADD + " year_facts at={now} year={year} nonrefundable_credits_usd=AMOUNT credits_usd=0"
TWO_THINGS = ADD + """ correction at={now} target={event} reason=REASON set='{{"may_repeat": "none"}}'"""
REPRICED = ADD + """ correction at={now} target={event} reason=REASON set='{{"price_usd": "PRICE"}}'"""
MUST_ITEMIZE = ADD + " year_facts at={now} year={year} must_itemize=TRUE_OR_FALSE"
UNWITHHELD = ADD + " year_facts at={now} year={year} withholding_usd=0"
DIVIDENDS = ADD + " year_facts at={now} year={year} ordinary_dividends_usd=AMOUNT"
SPREAD = (
    ADD + """ correction at={now} select='{{"kind": "energy", "from": "DAY", "to": "DAY"}}' reason=REASON """
    """set='{{"may_repeat": "none"}}'"""
)
COUNTED = ADD + """ correction at={now} target={event} reason=REASON set='{{"kwh": "NUMBER", "doubt": "none"}}'"""
TARIFF = ADD + " tariff at={now} from=DAY price_usd=PRICE meter=METER"
USAGE = ADD + " usage at={now} usage=NAME from=DAY business_kwh=NUMBER total_kwh=NUMBER"
UNSHARED = ADD + """ correction at={now} target={event} reason=REASON set='{{"business_share": "1"}}'"""

EVIDENCE = ADD + " activity_evidence at={now} factor=FACTOR supports=business note=NOTE"
HERE = ADD + " profile at=INSTANT jurisdiction=us"
UNSUPPOSED = ADD + " void at={now} target=RULE_ID reason=REASON"
JOINT = ADD + " profile at={now} filing_status=mfj"
REFUND = ADD + """ correction at={now} target={event} reason=REASON set='{{"refund_of": "BILL"}}'"""
EARNED = ADD + " business_income at={now} category=refund amount_usd=AMOUNT"
IN_SERVICE = ADD + """ correction at={now} target={event} reason=REASON set='{{"placed_in_service": "DAY"}}'"""
BEGAN = ADD + " profile at={now} business_began=DAY"
POOL_FEES = ADD + " profile at={now} pool_fees=net"
STATE = ADD + " profile at={year}-01-01T00:00:00Z state=XX"
STATE_PRIOR = ADD + " year_facts at={now} year={year} state_prior_year_tax_usd=AMOUNT state_prior_year_agi_usd=AMOUNT"
PAID_STATE = ADD + """ correction at={now} target={event} reason=REASON set='{{"state": "XX"}}'"""
STATE_FACTS = ADD + " year_facts at={now} year={year} dependents=NUMBER"
STATE_INCOME = ADD + " year_facts at={now} year={year} other_state_income_usd=AMOUNT"
STATE_MORE = ADD + " year_facts at={now} year={year} state_additions_usd=AMOUNT"
ELSEWHERE = ADD + " year_facts at={now} year={year} other_state_tax_usd=AMOUNT other_state_income_usd=AMOUNT"
HOME = ADD + " home_office at={now} year={year} method=simplified office_sqft=NUMBER"

REMEDIES = {
    "receipt_pending": Remedy("A receipt has no price yet"),
    "fee_pending": Remedy("A transfer fee has no price yet"),
    "movement_unexplained": Remedy("Coins left a wallet, and nobody said why"),
    "inflow_doubtful": Remedy("Coins came in, and may be no income"),
    "coins_missing": Remedy("More coins left a wallet than it held", IMPORT, BROUGHT),
    "balance_differs": Remedy("A wallet's balance is not what the events say", IMPORT),
    "twins_disagree": Remedy("Two sources tell one payment differently"),
    "output_told_twice": Remedy("One output of a transaction is told twice"),
    "transaction_told_twice": Remedy("A transaction is told twice"),
    "twin_spelled_otherwise": Remedy("A payment that was counted twice"),
    "transfer_told_twice": Remedy("A transfer of one transaction is told twice"),
    "likely_twins": Remedy("Two events look like one"),
    "told_in_parts": Remedy("A trade told whole and in its parts"),
    "likely_transfer": Remedy("Income that looks like a transfer"),
    "income_missing": Remedy("A pool's rows that may be missing"),
    "income_beyond_work": Remedy("More than the work should have brought"),
    "credited_not_paid": Remedy("Credits that no payout covers"),
    "keys_unknown": Remedy("A pool told something that is not known here"),
    "amount_unlikely": Remedy("An amount that may be in another unit"),
    "year_unlikely": Remedy("Tax or facts of a year that is probably another one"),
    "price_left": Remedy("A correction that left a price of something else"),
    "likely_swap": Remedy("Income that looks like the other side of a sale"),
    "wallet_spelled_twice": Remedy("A wallet that is spelled in two ways"),
    "meter_spelled_twice": Remedy("A meter that is spelled in two ways"),
    "power_measured_twice": Remedy("Power that two meters may have counted"),
    "transaction_left_chain": Remedy("A payment whose transaction has left the chain"),
    "said_of_taken_back": Remedy("You said something of what its source took back"),
    "source_tells_otherwise": Remedy("A source undid what you corrected"),
    "names_nothing": Remedy("Something speaks of what is not there", VOID),
    "coin_named_twice": Remedy("A coin that has two names"),
    "pool_list_nameless": Remedy("Rows that may be a pool's list"),
    "fee_told_twice": Remedy("A network's fee is told twice"),
    "said_pending": Remedy("Something that says itself that it has not happened yet"),
    "in_suspense": Remedy("Something that a source told and nothing here took"),
    "energy_not_told": Remedy("A meter told nothing of some time"),
    "folder_not_let_in": Remedy("A folder holds files that are in no book"),
    "row_told_twice": Remedy("A row or a line of a file is recorded twice"),
    "dated_ahead": Remedy("Something is dated ahead of today", REDATE, VOID),
    "correction_does_not_fit": Remedy("A correction could not be applied", VOID),
    "rule_does_not_fit": Remedy("A correction of the law that fits no figure", VOID),
    "prices_apart": Remedy("Two price sources disagree", ADD + " void at={now} target=PRICE_ID reason=REASON"),
    "price_revised": Remedy(
        "A price that was known later replaces another", ADD + " void at={now} target=PRICE_ID reason=REASON"
    ),
    "allocation_assumed": Remedy("The allocation of 2025 was assumed"),
    "allocation_does_not_fit": Remedy("An allocation names coins that are not there", VOID),
    "allocation_late": Remedy("An allocation was made too late"),
    "allocation_irrevocable": Remedy("An allocation was made twice", VOID),
    "selection_late": Remedy("Lots were chosen too late"),
    "order_late": Remedy("An order of lots was elected after a sale it names"),
    "order_not_with_broker": Remedy("A broker was not told of an order of lots", ORDER),
    "lots_not_told_to_broker": Remedy("A broker was not told which lots were sold"),
    "gift_basis_unknown": Remedy("What a gift cost its giver is not recorded", GIFT),
    "gift_value_unknown": Remedy("What a gift was worth is not recorded", GIFT_VALUE),
    "gift_date_unknown": Remedy("When a giver acquired a gift is not recorded", GIFT_DAY),
    "gift_over_exclusion": Remedy("A gift that asks for a gift tax return"),
    "donation_needs_appraisal": Remedy("A donation that needs an appraisal"),
    "theft_to_claim": Remedy("A theft to claim on Form 4684"),
    "lot_not_held": Remedy("A chosen lot was not there"),
    "loss_not_deducted": Remedy("A loss that is not deducted"),
    "category_no_expense": Remedy("A bill whose word says it is no expense", VOID),
    "pool_amounts_contradict": Remedy("A payout whose amounts contradict each other", VOID),
    "wallet_told_otherwise": Remedy("A wallet that is told in two ways", VOID),
    "refund_unknown": Remedy("A refund of a bill that is not recorded", REFUND),
    "refund_before_bill": Remedy("A refund from before its bill", REFUND),
    "refund_lowered_no_tax": Remedy("What came back had lowered no tax"),
    "refund_benefit_unknown": Remedy("What came back may have lowered no tax"),
    "refund_of_spread": Remedy("A refund of a bill that is spread over years", VOID),
    "refund_above_bill": Remedy("More came back than was paid", EARNED),
    "refund_to_judge": Remedy("A refund of start-up costs or of the home", EARNED),
    "refund_in_hobby": Remedy("A hobby's refund of what a business deducted"),
    "business_income_not_covered": Remedy("Dollars that are in no figure of this country"),
    "category_unknown": Remedy("An expense's category looks like a slip", RENAME),
    "usage_missing": Remedy("A shared bill without its measure", USAGE),
    "usage_ambiguous": Remedy("A shared bill with two measures", VOID),
    "usage_and_share": Remedy("A bill with a measure and a stated share", UNSHARED),
    "usage_impossible": Remedy("A measure that is no share of anything", VOID),
    "energy_without_tariff": Remedy("Electricity without a tariff", TARIFF),
    "energy_spread_evenly": Remedy("Electricity that was not told by the hour", SPREAD),
    "energy_unlikely": Remedy("A meter that told far more than it mostly tells", COUNTED, TWO_THINGS),
    "bill_of_two_persons": Remedy("A bill for the power of two persons"),
    "energy_in_doubt": Remedy("A meter whose count may not be what was used", COUNTED, VOID),
    "demand_estimated": Remedy("A demand that the bill measures more finely", TWO_THINGS),
    "bill_month_partly_read": Remedy("A month of a bill that no reading covers whole"),
    "energy_span_empty": Remedy("A meter reading ends before it begins", SPAN),
    "energy_readings_overlap": Remedy("Two meter readings overlap", VOID),
    "tariff_never_holds": Remedy("A tariff that never holds", VOID),
    "tariff_unreadable": Remedy("A tariff's hours or days cannot be read", VOID),
    "rule_and_bill": Remedy("A bill that a rule wrote and that came as well", VOID, TWO_THINGS),
    "estimate_above_meter": Remedy("A meter that counted less than hangs behind it", TWO_THINGS),
    "power_untold": Remedy("Power that no bill and no meter tells", TWO_THINGS),
    "partnership_to_settle": Remedy("A part of a profit, which makes a partnership"),
    "sharing_above_whole": Remedy("Parts of others that come to the whole", VOID),
    "sharing_told_twice": Remedy("One part of another that is told twice", VOID),
    "bill_shared_twice": Remedy("A bill that is shared in two ways", UNSHARED),
    "share_unpaid": Remedy("A part by contract that the bills do not tell"),
    "form_1099_due": Remedy("An information return that is due"),
    "sharing_not_abroad": Remedy("A shared farm, in the return of another country", VOID),
    "rig_told_twice": Remedy("A rig that two tellers tell", VOID, TWO_THINGS),
    "power_told_twice": Remedy("Electricity told by a meter and by a bill", VOID, TWO_THINGS),
    "tariff_unlikely": Remedy("A price of electricity that may be in cents", REPRICED, TWO_THINGS),
    "tariffs_disagree": Remedy("Two tariffs hold at one time", VOID),
    "bonus_differs_in_class": Remedy("Rigs of one class have different bonus elections"),
    "bonus_not_lawful": Remedy("A bonus rate the law does not give"),
    "section_179_above_cost": Remedy("More is expensed than a rig cost", SECTION_179),
    "section_179_not_allowed": Remedy("A rig that cannot be expensed at once", SECTION_179),
    "section_179_carryover_unknown": Remedy("Whether section 179 was carried on is not known"),
    "section_179_over_limit": Remedy("More is expensed than the year's limit"),
    "business_began_assumed": Remedy("The day the business began was assumed", BEGAN),
    "home_office_missing": Remedy("Costs of a home without a home office", HOME),
    "home_office_twice": Remedy("Two home offices in one year", VOID),
    "home_office_stated": Remedy("A home office both stated and worked out", VOID),
    "home_office_impossible": Remedy("A home office larger than the home"),
    "home_office_incomplete": Remedy("A home office whose building is half known"),
    "home_office_above_income": Remedy("More is deducted for the home than the business earned"),
    "home_costs_unused": Remedy("Costs of the home beside the simplified method"),
    "home_carryover_unknown": Remedy("What a home office carried on is not known"),
    "pool_fees_twice": Remedy("A pool's fee may be counted twice", VOID),
    "income_before_business": Remedy("Coins came in before the business began"),
    "activity_turned": Remedy("A year with a hobby's part and a business's"),
    "equipment_from_hobby": Remedy("A rig of a hobby's time in a business", IN_SERVICE),
    "equipment_to_hobby": Remedy("A rig that no longer serves a business"),
    "equipment_before_business": Remedy("A rig served before the business began"),
    "small_item_sold_early": Remedy("A small item sold before the business began", BEGAN),
    "hobby_pool_fees": Remedy("Net or gross: a hobby with pool fees", POOL_FEES),
    "equipment_sold_too_many": Remedy("More rigs were sold than served", VOID),
    "equipment_long_unused": Remedy("A rig that waited more than a year to serve"),
    "equipment_sale_ambiguous": Remedy("Several rigs have the name of the one sold"),
    "equipment_sold_before_service": Remedy("A rig was sold before it served"),
    "equipment_use_unknown": Remedy("A change of use that fits no rig", VOID),
    "abandoned_for_money": Remedy("A rig abandoned, yet paid for"),
    "casualty_gain_deferrable": Remedy("A gain on a destroyed rig that may wait"),
    "equipment_sold_twice": Remedy("A rig was sold twice", VOID),
    "equipment_impossible": Remedy("A rig that cannot be depreciated as recorded"),
    "equipment_law_unknown": Remedy("The law of a rig's year is not known"),
    "equipment_unknown": Remedy("A rig was sold that was never recorded"),
    "private_part_gained": Remedy("The private part of a rig gained"),
    "hobby_rig_sold": Remedy("A hobby sold a rig"),
    "retirement_excess": Remedy("More went into a retirement plan than may be deducted"),
    "passive_loss": Remedy("A passive loss is deducted here"),
    "couple_facts_assumed": Remedy("Facts of one spouse, where both mine"),
    "spouse_facts_not_joint": Remedy("Facts of a spouse on a return of one person"),
    "spouse_facts_without_business": Remedy("Facts of a spouse who has no business"),
    "owner_not_joint": Remedy("A spouse's rigs or bills on a return of one person", JOINT),
    "spouse_wages_not_joint": Remedy("Wages of a spouse on a return of one person"),
    "itemized_taxes_above_whole": Remedy("More taxes than itemized deductions"),
    "itemized_taxes_above_limit": Remedy("More taxes than the law lets be deducted"),
    "carried_from_joint_return": Remedy("Whose are the losses that a joint return left"),
    "ages_contradict": Remedy("Ages and the number of those 65 or older disagree"),
    "spouse_itemizing_untold": Remedy("Whether your spouse itemizes is not told", MUST_ITEMIZE),
    "profile_assumed": Remedy("Facts about you were assumed", PROFILE),
    "loss_of_a_year_untold": Remedy("A loss is carried out of a year whose wages were not told"),
    "carryover_unknown": Remedy("Losses of an earlier year are not known"),
    "annualized_share_assumed": Remedy("What came when in the year is not recorded", YEAR_THROUGH),
    "filed_answer_lost": Remedy("The exact answer of a filed return is not kept here any more"),
    "filed_law_lost": Remedy("The law a return was filed under is not kept here"),
    "filed_by_another_program": Remedy("A return was filed by another version"),
    "filed_without_state": Remedy("A return was filed without the state's", "lotwork --book {book} file --year {year}"),
    "filed_in_another_state": Remedy("A return was filed in a state that is not yours any more", STATE),
    "filed_from_another_log": Remedy("A return was filed from another ledger"),
    "law_not_enacted": Remedy("A figure of the law is not enacted yet"),
    "year_facts_in_part": Remedy("Amounts of a part of a year, and none of the whole", YEAR_FACTS),
    "withholding_told_twice": Remedy("Tax withheld is told in two ways", UNWITHHELD),
    "broker_told_more": Remedy("A broker told the IRS of more than was sold here", IMPORT),
    "year_without_records": Remedy("A year of which nothing is recorded", IMPORT, YEAR_FACTS),
    "prior_year_tax_differs": Remedy("Last year's tax is told in two ways", PRIOR_TAX),
    "moved_states": Remedy("You moved from one state to another within the year"),
    "state_told_later": Remedy("Your state is told only from a later day on", STATE),
    "state_carryforward_untold": Remedy("What your state carried in is not told", STATE_MORE),
    "locality_left": Remedy("A city whose tax was due is named no more", STATE),
    "states_of_one_day": Remedy("Two states are told of one day", STATE),
    "locality_elsewhere": Remedy("A city is told that lies in another state", STATE),
    "state_of_another_country": Remedy("A state is told of a taxpayer of another country", HERE),
    "state_not_covered": Remedy("The tax of your state is not covered"),
    "state_year_unknown": Remedy("The law of your state is not known for this year"),
    "state_return_lacks": Remedy("Something of your state's return is not covered"),
    "state_figure_unverified": Remedy("Figures of your state that nobody looked up"),
    "state_current_year_unknown": Remedy("The law of this year is not out yet for your state"),
    "state_prior_year_unknown": Remedy("Last year's tax of your state is not recorded", STATE_PRIOR),
    "state_prior_year_tax_differs": Remedy("Last year's tax of your state is told in two ways", STATE_PRIOR_TOLD),
    "state_prior_year_elsewhere": Remedy("Last year's tax of your state is told, and you lived in another"),
    "state_prior_year_by_book": Remedy("Last year's tax of your state is taken from this book", STATE_PRIOR),
    "state_payment_figure_unverified": Remedy("Figures of your state's payments that nobody looked up"),
    "state_penalty_not_reckoned": Remedy("What your state charges for a late payment is not reckoned"),
    "state_dependents_untold": Remedy("How many dependents you have is not recorded", STATE_FACTS),
    "state_payment_elsewhere": Remedy("Tax was paid to a state that is not yours", PAID_STATE),
    "other_state_income_untold": Remedy("The income that another state taxed is not recorded", STATE_INCOME),
    "rigs_in_another_state": Remedy("Rigs stand in another state", ELSEWHERE),
    "hosting_state_untold": Remedy("In which state a host keeps the rigs is not recorded", PAID_STATE),
    "rig_of_another_state": Remedy("A rig began to serve when you lived in another state"),
    "add_back_of_part_year": Remedy("Depreciation added back in a part of a year comes back whole", STATE_MORE),
    "year_facts_missing": Remedy("What stands outside the ledger is not recorded"),
    "current_year_unknown": Remedy("The law of this year is not out yet"),
    "prior_year_by_book": Remedy("Last year's tax is taken from this book", PRIOR_YEAR),
    "applied_above_overpayment": Remedy("More is applied to the next year than was overpaid"),
    "mining_income_deferred": Remedy("Mining income is deferred by a law that is only supposed", UNSUPPOSED),
    "credit_kind_untold": Remedy("Of which kind a credit is was not told", CREDIT),
    "ordinary_dividends_untold": Remedy("All ordinary dividends were not told", DIVIDENDS),
    "ordinary_dividends_below_qualified": Remedy("Fewer ordinary dividends than qualified ones", DIVIDENDS),
    "plan_law_assumed": Remedy("A plan stands on the law of the year before"),
    "prior_year_unknown": Remedy("Last year's tax is not recorded", PRIOR_YEAR),
    "underpayment_rate_unknown": Remedy("The penalty's rate of interest is not known yet"),
    "hobby_deducts_nothing": Remedy("A hobby deducts no expenses"),
    "broker_reports_more": Remedy("A broker told the IRS of a sale that is not here", IMPORT),
    "broker_missing_line": Remedy("A sale that the broker's form does not have"),
    "broker_report_missing": Remedy("A broker's form is not recorded", IMPORT),
    "broker_proceeds_differ": Remedy("A broker's proceeds are not the ledger's"),
    "broker_basis_differs": Remedy("A broker's basis is not the ledger's"),
    "broker_date_differs": Remedy("A broker puts a sale in another year"),
    "broker_quantity_differs": Remedy("A broker's quantity is not the ledger's", IMPORT),
    "broker_term_differs": Remedy("A broker holds a sale to be of another term"),
    "broker_box_differs": Remedy("A broker and the ledger differ on what is covered"),
    "pool_receipt_differs": Remedy("A pool's credit does not add up"),
    "pool_fee_moved": Remedy("A pool kept more or less than it mostly does"),
    "gift_cost_unknown": Remedy("What given coins cost is not recorded"),
    "rig_sale_not_covered": Remedy("The sale of a rig is in no figure of this country"),
    "law_announced": Remedy("The year stands on law that is only announced"),
    "cost_missing": Remedy("More coins left than had come", IMPORT),
    "receipt_of_no_mining": Remedy("What came for no mining is counted with it"),
    "gift_taxed": Remedy("A gift that the law taxes is in no figure"),
    "life_of_another_thing": Remedy("A thing that is no computer is spread like one"),
    "spouses_not_apart": Remedy("What is the spouse's is counted with yours"),
    "simplified_regime_ended": Remedy("The simplified regime may have ended"),
    "trade_tax_not_computed": Remedy("Trade tax needs the multiplier of the town"),
    "swap_deferred": Remedy("A swap of coins is taxed later"),
    "exchange_reports_year": Remedy("An exchange reports this year to the tax office"),
    "tax_scale_unknown": Remedy("The scale of this tax is not known here"),
    "other_income_not_told": Remedy("Other income of the year was not told"),
    "jurisdiction_not_us": Remedy("These are the figures of US law", HERE),
    "plan_in_the_past": Remedy("A plan for a day that is over"),
    "plan_law_unknown": Remedy("A plan reaches into a year whose law is not out"),
    "broker_identifies": Remedy("A broker must be told which lots are sold"),
    "selection_waits": Remedy("A choice of lots waits for the next sale", VOID),
    "harvest_price_unknown": Remedy("Losses of coins without a price", POLL),
    "harvest_wash_sale": Remedy("A loss the wash sale rule may disallow"),
    "run_rate_short": Remedy("A projection from few days"),
    "year_end_hobby": Remedy("A hobby deducts no rig"),
    "year_end_mid_quarter": Remedy("A rig late in the year changes the others"),
    "year_end_not_used": Remedy("More is deducted than the year can use"),
    "structure_turned": Remedy("A plan supposes one activity all year"),
    "structure_no_profit": Remedy("No profit to pay a salary of"),
    "structure_salary_above_profit": Remedy("A salary above the profit"),
    "structure_corporate_loss": Remedy("A C corporation has a loss of its own"),
    "structure_corporate_capital_loss": Remedy("A C corporation lost more on coins than it gained"),
    "structure_accumulated_earnings": Remedy("A C corporation keeps more than needs no reason"),
    "structure_contribution_cut": Remedy("A salary allows less to the plan"),
    "activity_evidence_missing": Remedy("No evidence on some of the nine factors", EVIDENCE),
    "activity_years_unknown": Remedy("Years of profit or loss are not known", IMPORT),
    "activity_presumed_business": Remedy("The law presumes a business", PROFILE),
}


def acknowledgement(book: str, code: str, year: int) -> str:
    """Return the command that files *year* with what is told as *code* acknowledged, once the year is over."""
    return f"lotwork --book {shlex.quote(book)} file --year {year} --acknowledge {shlex.quote(code)}"


def command_for(
    remedy: Remedy, book: str, event: str | None, year: int, today: date, *, otherwise: bool = False
) -> str:
    """Return the command that mends a finding, every name in it quoted for a shell; empty where there is none."""
    return (remedy.otherwise if otherwise else remedy.command).format(
        book=shlex.quote(book), event=shlex.quote(event or "EVENT_ID"), year=year, now=f"{today}T12:00:00Z"
    )
