import threading

import httpx

from evenhand.demo.webhook import Page, Webhook


def alert(status: str = "firing", **labels: str) -> dict[str, object]:
    return {"status": status, "labels": labels, "annotations": {"summary": "a gap"}}


def test_a_firing_alert_is_kept_once_and_told_once() -> None:
    told: list[Page] = []
    with Webhook(told.append) as webhook:
        for alerts in ([alert(alertname="A", model="m")], [alert(alertname="A", model="m"), alert(alertname="B")]):
            assert httpx.post(webhook.url, json={"version": "4", "alerts": alerts}).status_code == 200
        assert [page.labels for page in webhook.pages] == [{"alertname": "A", "model": "m"}, {"alertname": "B"}]
    assert [page.labels["alertname"] for page in told] == ["A", "B"]
    assert told[0].annotations == {"summary": "a gap"}


def test_a_resolved_alert_is_no_page() -> None:
    with Webhook(lambda page: None) as webhook:
        httpx.post(webhook.url, json={"alerts": [alert("resolved", alertname="A")]})
        assert webhook.pages == []


def test_what_is_not_json_is_refused_and_the_receiver_goes_on() -> None:
    with Webhook(lambda page: None) as webhook:
        assert httpx.post(webhook.url, content=b"{").status_code == 400
        assert httpx.post(webhook.url, json={"alerts": [alert(alertname="A")]}).status_code == 200


def test_a_page_matches_by_all_labels_named() -> None:
    page = Page({"model": "rigged", "axis": "gender"}, {})
    assert page.matches(model="rigged")
    assert not page.matches(model="rigged", axis="ethnicity")
    assert not page.matches(group="female")


def test_nothing_is_left_running() -> None:
    with Webhook(lambda page: None) as webhook:
        url = webhook.url
    assert "webhook" not in {thread.name for thread in threading.enumerate()}
    try:
        httpx.post(url, json={}, timeout=1)
    except httpx.ConnectError:
        return
    raise AssertionError("the receiver still answers")
