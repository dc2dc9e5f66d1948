"""azure-servicebus for Python, its administration client: entities, rules, what they count, and what is refused."""

import datetime

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.servicebus.management import CorrelationRuleFilter, ServiceBusAdministrationClient, SqlRuleAction
from azure.servicebus.management import SqlRuleFilter

from checks import check, expect_error, finish
from emulator import TRUST, administration_connection_string, connection_string

client = ServiceBusAdministrationClient.from_connection_string(administration_connection_string())

with check("tells about the namespace"):
    assert client.get_namespace_properties().messaging_sku == "Standard"

with check("creates, changes, lists and deletes queues"):
    made = client.create_queue("made", requires_session=True, lock_duration=datetime.timedelta(seconds=45))
    assert (made.requires_session, made.lock_duration) == (True, datetime.timedelta(seconds=45))
    made.max_delivery_count = 3
    client.update_queue(made)
    assert client.get_queue("made").max_delivery_count == 3
    assert "made" in [queue.name for queue in client.list_queues()]
    client.delete_queue("made")
    expect_error(ResourceNotFoundError, lambda: client.get_queue("made"))

with check("creates, changes, lists and deletes topics and subscriptions"):
    client.create_topic("news", default_message_time_to_live=datetime.timedelta(days=2))
    subscription = client.create_subscription("news", "red", max_delivery_count=2)
    subscription.dead_lettering_on_message_expiration = True
    client.update_subscription("news", subscription)
    assert client.get_subscription("news", "red").dead_lettering_on_message_expiration
    assert [each.name for each in client.list_subscriptions("news")] == ["red"]
    assert client.get_topic("news").default_message_time_to_live == datetime.timedelta(days=2)
    assert "news" in [topic.name for topic in client.list_topics()]

with check("creates rules of both kinds, which choose and change messages"):
    client.delete_rule("news", "red", "$Default")
    client.create_rule(
        "news",
        "red",
        "by-sql",
        filter=SqlRuleFilter("colour = @colour", parameters={"@colour": "red"}),
        action=SqlRuleAction("SET seen = 'yes'"),
    )
    client.create_rule("news", "red", "by-subject", filter=CorrelationRuleFilter(label="urgent"))
    assert [rule.name for rule in client.list_rules("news", "red")] == ["by-sql", "by-subject"]
    with ServiceBusClient.from_connection_string(connection_string(), **TRUST) as messaging:
        with messaging.get_topic_sender("news") as sender:
            for colour in ("blue", "red"):
                sender.send_messages(ServiceBusMessage(colour, application_properties={"colour": colour}))
        with messaging.get_subscription_receiver("news", "red") as receiver:
            message = receiver.receive_messages(max_wait_time=5)[0]
            assert str(message) == "red" and message.application_properties[b"seen"] in ("yes", b"yes")
            receiver.complete_message(message)

with check("counts messages"):
    with ServiceBusClient.from_connection_string(connection_string(), **TRUST) as messaging:
        with messaging.get_queue_sender("counted") as sender:
            sender.send_messages([ServiceBusMessage("one"), ServiceBusMessage("two")])
    properties = client.get_queue_runtime_properties("counted")
    assert (properties.active_message_count, properties.total_message_count) == (2, 2)
    assert client.get_topic_runtime_properties("news").subscription_count == 1
    assert client.get_subscription_runtime_properties("news", "red").active_message_count == 0

with check("is told what exists already, and what is wrong"):
    expect_error(ResourceExistsError, lambda: client.create_topic("news"))
    expect_error(HttpResponseError, lambda: client.create_rule("news", "red", "bad", filter=SqlRuleFilter("colour =")))
    expect_error(HttpResponseError, lambda: client.create_queue("bad", forward_to="nowhere"))

with check("is refused with a wrong key"):
    stranger = ServiceBusAdministrationClient.from_connection_string(
        administration_connection_string().replace("SAS_KEY_VALUE", "wrong")
    )
    expect_error(HttpResponseError, lambda: stranger.get_queue("counted"))

client.close()
finish()
