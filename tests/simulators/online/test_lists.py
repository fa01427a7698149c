"""Customers and jobs, vendors, employees, accounts, items: names, nesting, inactive objects."""

from __future__ import annotations

from tests.simulators.online.caller import Caller, ref


def test_a_name_is_unique_over_customers_vendors_and_employees(api: Caller) -> None:
    api.customer(DisplayName="Acme Corp")
    for entity in ("Customer", "Vendor"):
        error = api.refused(entity, DisplayName="acme corp")
        assert (error["code"], error["Detail"]) == ("6240", "The name supplied already exists. : null")
    assert api.refused("Employee", GivenName="Acme", FamilyName="Corp")["code"] == "6240"


def test_ids_of_names_come_from_one_sequence(api: Caller) -> None:
    ids = [int(made["Id"]) for made in (api.customer(), api.vendor(), api.employee(), api.customer())]
    assert ids == list(range(ids[0], ids[0] + 4))


def test_names_without_parts_or_with_banned_signs_are_refused(api: Caller) -> None:
    assert api.refused("Customer", CompanyName="Only a company")["code"] == "6080"
    assert api.refused("Customer", DisplayName="A:B")["code"] == "2040"
    assert api.refused("Customer", DisplayName="x" * 501)["code"] == "2050"
    assert api.refused("Customer", DisplayName="Ok", PrimaryEmailAddr={"Address": "nowhere"})["code"] == "2210"
    assert api.refused("Employee", DisplayName="Nobody")["code"] == "6080"


def test_a_display_name_is_made_of_its_parts(api: Caller) -> None:
    made = api.create("Vendor", Title="Dr.", GivenName="Ada", FamilyName="Byron", Suffix="II")
    assert (made["DisplayName"], made["PrintOnCheckName"]) == ("Dr. Ada Byron II", "Dr. Ada Byron II")


def test_jobs_nest_five_levels_deep(api: Caller) -> None:
    parent = api.customer(DisplayName="Level 0")
    for level in range(1, 5):
        parent = api.customer(DisplayName=f"Level {level}", Job=True, ParentRef=ref(parent))
        assert parent["Level"] == level
    assert parent["FullyQualifiedName"] == "Level 0:Level 1:Level 2:Level 3:Level 4"
    assert api.refused("Customer", DisplayName="Level 5", Job=True, ParentRef=ref(parent))["code"] == "6180"


def test_a_tree_cannot_be_moved_too_deep_nor_under_itself(api: Caller) -> None:
    top = api.customer()
    middle = api.customer(Job=True, ParentRef=ref(top))
    leaf = api.customer(Job=True, ParentRef=ref(middle))
    moved = {"Id": top["Id"], "SyncToken": "0", "sparse": True, "Job": True}
    assert api.refused("Customer", **moved, ParentRef=ref(leaf))["code"] == "900"
    deep = api.customer()
    for _ in range(2):
        deep = api.customer(Job=True, ParentRef=ref(deep))
    assert api.refused("Customer", **moved, ParentRef=ref(deep))["code"] == "6180"


def test_a_job_needs_a_parent_that_exists_and_is_active(api: Caller) -> None:
    assert api.refused("Customer", DisplayName="Orphan", Job=True)["code"] == "6150"
    assert api.refused("Customer", DisplayName="Orphan", Job=True, ParentRef={"value": "99999"})["code"] == "2500"
    gone = api.customer()
    api.change("Customer", gone, Active=False)
    assert api.refused("Customer", DisplayName="Orphan", Job=True, ParentRef=ref(gone))["code"] == "610"


def test_renaming_or_moving_a_parent_changes_paths_below_but_not_their_tokens(api: Caller) -> None:
    top, other = api.customer(DisplayName="Globex"), api.customer(DisplayName="Umbrella")
    job = api.customer(DisplayName="ERP", Job=True, ParentRef=ref(top))
    leaf = api.customer(DisplayName="Phase 1", Job=True, ParentRef=ref(job))
    api.change("Customer", top, DisplayName="Globex Inc")
    moved = api.change("Customer", job, ParentRef=ref(other))
    assert moved["FullyQualifiedName"] == "Umbrella:ERP"
    below = api.get(f"customer/{leaf['Id']}").json()["Customer"]
    assert (below["FullyQualifiedName"], below["Level"], below["SyncToken"]) == ("Umbrella:ERP:Phase 1", 2, "0")
    assert below["MetaData"] == leaf["MetaData"]


def test_inactive_objects_wear_a_suffix_that_frees_their_name(api: Caller) -> None:
    first = api.customer(DisplayName="Acme")
    gone = api.change("Customer", first, Active=False)
    assert (gone["DisplayName"], gone["FullyQualifiedName"]) == ("Acme (deleted)", "Acme (deleted)")
    second = api.customer(DisplayName="Acme")
    back = {"Id": first["Id"], "SyncToken": gone["SyncToken"], "sparse": True, "Active": True}
    assert api.refused("Customer", **back)["code"] == "6240"
    assert api.change("Customer", second, Active=False)["DisplayName"] == "Acme (deleted) 2"
    assert api.create("Customer", **back)["DisplayName"] == "Acme"


def test_a_customer_with_unbilled_time_stays_active(api: Caller) -> None:
    person, customer = api.employee(), api.customer()
    who = {"NameOf": "Employee", "EmployeeRef": ref(person), "CustomerRef": ref(customer), "Hours": 1}
    entry = api.create("TimeActivity", **who, BillableStatus="Billable")
    off = {"Id": customer["Id"], "SyncToken": "0", "sparse": True, "Active": False}
    assert api.refused("Customer", **off)["code"] == "6280"
    api.change("TimeActivity", entry, BillableStatus="NotBillable")
    assert api.create("Customer", **off)["Active"] is False


def test_lists_cannot_be_deleted(api: Caller) -> None:
    customer = api.customer()
    answer = api.post("customer", {"Id": customer["Id"], "SyncToken": "0"}, operation="delete")
    assert answer.json()["Fault"]["Error"][0]["code"] == "500"
    assert api.get(f"customer/{customer['Id']}").status_code == 200


def test_accounts_get_type_or_subtype_from_each_other(api: Caller) -> None:
    made = api.create("Account", Name="Second bank", AccountType="Bank")
    assert (made["AccountSubType"], made["Classification"]) == ("Checking", "Asset")
    assert api.create("Account", Name="Fees", AccountSubType="ServiceFeeIncome", AccountType="Income")
    assert api.refused("Account", Name="Nothing")["code"] == "6010"
    assert api.refused("Account", Name='Say "no"', AccountType="Bank")["code"] == "2040"
    nested = api.create("Account", Name="Petty", AccountType="Bank", SubAccount=True, ParentRef=ref(made))
    assert nested["FullyQualifiedName"] == "Second bank:Petty"


def test_items_need_a_type_and_an_account_of_the_right_kind(api: Caller) -> None:
    bank = api.query("select * from Account where Name = 'Checking'")["Account"][0]
    assert api.refused("Item", Name="Thing")["code"] == "2020"
    assert api.refused("Item", Name="Thing", Type="Service")["code"] == "2020"
    assert api.refused("Item", Name="Thing", Type="Service", IncomeAccountRef=ref(bank))["code"] == "6430"


def test_terms_are_standard_or_driven_by_a_date(api: Caller) -> None:
    assert api.create("Term", Name="Net 45", DueDays=45)["Type"] == "STANDARD"
    assert api.create("Term", Name="25th", DayOfMonthDue=25)["Type"] == "DATE_DRIVEN"
    assert api.refused("Term", Name="Never")["code"] == "2020"
    assert api.refused("Term", Name="Late", DueDays=1000)["code"] == "2090"


def test_class_ids_are_longer_than_thirty_two_bits(api: Caller) -> None:
    made = api.create("Class", Name="West")
    child = api.create("Class", Name="Oregon", ParentRef=ref(made))
    assert int(made["Id"]) > 2**32
    assert (child["SubClass"], child["FullyQualifiedName"]) == (True, "West:Oregon")
    gone = api.change("Class", child, Active=False)
    assert (gone["Name"], gone["FullyQualifiedName"]) == ("Oregon (deleted)", "West:Oregon")


def test_preferences_keep_what_a_client_may_not_write(api: Caller) -> None:
    prefs = api.get("preferences").json()["Preferences"]
    answer = api.post("preferences", {**prefs, "TimeTrackingPrefs": {"UseServices": False}, "sparse": True})
    assert answer.json()["Preferences"]["TimeTrackingPrefs"]["UseServices"] is True


def test_unknown_addresses_and_bodies_are_refused_in_intuits_words(api: Caller) -> None:
    for answer, code in (
        (api.post("nonsense", {}), "2000"),
        (api.post("customer", "{not json"), "2010"),
        (api.post("customer", [1]), "2120"),
        (api.post("customer", {}, operation="void"), "500"),
        (api.get("customer"), "2030"),
    ):
        assert answer.status_code == 400
        assert answer.json()["Fault"]["Error"][0]["code"] == code
        assert answer.headers["intuit_tid"]
