"""What the region itself counts: programmes, sites, agreements, meetings, events."""

import polars as pl

from nmslib.indicators.definitions.bases import in_force, programmes, rows, within
from nmslib.indicators.rows import Counted, Question, Rows, part_of, plain
from nmslib.registries import Frames

# Meetings of the system itself are no events for teachers and school leaders.
OWN_MEETINGS = ("strategy", "methodists")
ONE_PROGRAMME = "программа считается один раз"


def _held(events: Rows, asked: Question) -> Counted:
    held = within(events, "held_on", asked).once("мероприятие считается один раз", "event", "held_on")
    return plain(held, "event", "held_on")


def register_listed_share(frames: Frames, asked: Question) -> Counted:
    """Programmes listed in the federal register among those offered at the as-of date.

    Columns: programmes programme, in_register, registered_on, developed_on, withdrawn_on. Percent of programmes. Undefined
    without programmes.
    Norm: card register_listed_share (Amur, regulation, section 5, item 9).
    """
    offered = programmes(frames, asked)
    listed = offered.only("в ФР ДПП", pl.col("in_register") == "yes")
    by_then = pl.col("registered_on").is_null() | (pl.col("registered_on") <= asked.as_of)
    return part_of(offered, listed.only("включена не позже отчётной даты", by_then), "programme", "registered_on")


def network_programmes_count(frames: Frames, asked: Question) -> Counted:
    """Programmes whose realisation in network form ended within the period.

    Columns: programmes programme, network, implemented_on. Programmes. Always defined.
    Norm: card network_programmes_count (Amur, regulation, section 5, item 10).
    """
    network = rows(frames, "programmes").only("сетевая форма", pl.col("network") == "yes")
    ended = within(network, "implemented_on", asked).once(ONE_PROGRAMME, "programme", "implemented_on")
    return plain(ended, "programme", "implemented_on")


def innovation_programmes_share(frames: Frames, asked: Question) -> Counted:
    """Programmes made from results of innovation among those developed by the as-of date.

    Columns: programmes programme, from_innovation, developed_on, withdrawn_on. Percent of programmes. Undefined without
    programmes.
    Norm: card innovation_programmes_share (Amur, regulation, section 5, item 11).
    """
    developed = programmes(frames, asked)
    chosen = developed.only("на основе результатов инновационной деятельности", pl.col("from_innovation") == "yes")
    return part_of(developed, chosen, "programme", "developed_on")


def site_programmes_count(frames: Frames, asked: Question) -> Counted:
    """Programmes carried out at internship sites within the period.

    Columns: programmes programme, at_internship_site, implemented_on. Programmes. Always defined.
    Norm: card site_programmes_count (Amur, roadmap, item 2.2.1).
    """
    at_sites = rows(frames, "programmes").only("на базе стажировочной площадки", pl.col("at_internship_site") == "yes")
    ended = within(at_sites, "implemented_on", asked).once(ONE_PROGRAMME, "programme", "implemented_on")
    return plain(ended, "programme", "implemented_on")


def internship_sites_share(frames: Frames, asked: Question) -> Counted:
    """Internship sites on the infrastructure of the national project among those working at the as-of date.

    Columns: internship_sites site, national_project, opened_on, closed_on. Percent of sites. Undefined without sites.
    Norm: card internship_sites_share (Amur, regulation, section 5, item 12).
    """
    working = in_force(rows(frames, "internship_sites"), "opened_on", "closed_on", asked, "действует с", "не закрыта по")
    chosen = working.only("на базе инфраструктуры НП «Образование»", pl.col("national_project") == "yes")
    return part_of(working, chosen, "site", "opened_on")


def agreements_count(frames: Frames, asked: Question) -> Counted:
    """Agreements with municipal education authorities in force at the as-of date, one a partner.

    Columns: agreements partner, kind, signed_on, until. Agreements. Always defined.
    Norm: card agreements_count (Amur, roadmap, item 1.1.4).
    """
    with_authorities = rows(frames, "agreements").only("с органом местного самоуправления", pl.col("kind") == "municipality")
    valid = in_force(with_authorities, "signed_on", "until", asked, "подписано", "действует по")
    return plain(valid.once("одно соглашение на партнёра", "partner", "signed_on"), "partner", "signed_on")


def events_count(frames: Frames, asked: Question) -> Counted:
    """Scientific, practical and educational events held within the period; meetings of the system itself do not count.

    Columns: events event, kind, held_on. Events. Always defined.
    Norm: card events_count (Amur, regulation, section 5, item 13).
    """
    open_to_all = rows(frames, "events").only(
        "не сбор методистов и не стратегическая сессия", ~pl.col("kind").is_in(OWN_MEETINGS)
    )
    return _held(open_to_all, asked)


def strategy_sessions_count(frames: Frames, asked: Question) -> Counted:
    """Strategy sessions held within the period.

    Columns: events event, kind, held_on. Sessions. Always defined.
    Norm: card strategy_sessions_count (Amur, roadmap, item 1.3.3).
    """
    sessions = rows(frames, "events").only("стратегическая сессия", pl.col("kind") == "strategy")
    return _held(sessions, asked)


def active_meetings_count(frames: Frames, asked: Question) -> Counted:
    """Meetings of regional methodists held within the period.

    Columns: events event, kind, held_on. Meetings. Always defined.
    Norm: card active_meetings_count (Amur, roadmap, item 1.4.5).
    """
    meetings = rows(frames, "events").only("сбор или совещание методистов", pl.col("kind") == "methodists")
    return _held(meetings, asked)
