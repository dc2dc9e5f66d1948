"""azure-servicebus for Python: what a lab does with queues, sessions, topics and rules."""

import datetime

from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusClient, ServiceBusMessage, ServiceBusReceiveMode
from azure.servicebus import ServiceBusSubQueue
from azure.servicebus.exceptions import (
    MessageLockLostError,
    MessagingEntityNotFoundError,
    ServiceBusAuthenticationError,
    ServiceBusAuthorizationError,
    ServiceBusError,
    SessionCannotBeLockedError,
)

from checks import check, expect_error, finish
from emulator import TRUST, connection_string


def client_of(name="RootManageSharedAccessKey", key="SAS_KEY_VALUE"):
    return ServiceBusClient.from_connection_string(connection_string(name, key), retry_total=0, **TRUST)


def receive(receiver, count=1):
    messages = []
    while len(messages) < count:
        some = receiver.receive_messages(max_message_count=count - len(messages), max_wait_time=5)
        assert some, f"{len(messages)} of {count} messages came"
        messages.extend(some)
    return messages


def send(queue, *bodies, **properties):
    with client.get_queue_sender(queue) as sender:
        for body in bodies:
            sender.send_messages(ServiceBusMessage(body, **properties))


client = client_of()

with check("sends one message, a list, and a batch"):
    with client.get_queue_sender("orders") as sender:
        sender.send_messages(ServiceBusMessage("one"))
        sender.send_messages([ServiceBusMessage("two"), ServiceBusMessage("three")])
        batch = sender.create_message_batch()
        batch.add_message(ServiceBusMessage("four"))
        sender.send_messages(batch)

with check("receives and completes"):
    with client.get_queue_receiver("orders") as receiver:
        messages = receive(receiver, 4)
        assert [str(message) for message in messages] == ["one", "two", "three", "four"]
        for message in messages:
            receiver.complete_message(message)

with check("abandons, and gets the message again"):
    send("orders", "abandoned")
    with client.get_queue_receiver("orders") as receiver:
        receiver.abandon_message(receive(receiver)[0])
        message = receive(receiver)[0]
        assert message.delivery_count == 1, message.delivery_count
        receiver.complete_message(message)

with check("defers, receives by number and completes"):
    send("orders", "deferred")
    with client.get_queue_receiver("orders") as receiver:
        message = receive(receiver)[0]
        receiver.defer_message(message)
        deferred = receiver.receive_deferred_messages(message.sequence_number)[0]
        assert deferred.lock_token
        assert deferred.delivery_count == 1, deferred.delivery_count
        receiver.complete_message(deferred)

with check("dead-letters with a reason"):
    send("orders", "poison")
    with client.get_queue_receiver("orders") as receiver:
        receiver.dead_letter_message(receive(receiver)[0], reason="why", error_description="because")
    with client.get_queue_receiver("orders", sub_queue=ServiceBusSubQueue.DEAD_LETTER) as receiver:
        message = receive(receiver)[0]
        assert (message.dead_letter_reason, message.dead_letter_error_description) == ("why", "because")
        receiver.complete_message(message)

with check("renews a lock"):
    send("orders", "renewed")
    with client.get_queue_receiver("orders") as receiver:
        message = receive(receiver)[0]
        assert receiver.renew_message_lock(message) >= datetime.datetime.now(datetime.timezone.utc)
        receiver.complete_message(message)

with check("peeks without locking"):
    send("orders", "peeked")
    with client.get_queue_receiver("orders") as receiver:
        message = receiver.peek_messages()[0]
        assert str(message) == "peeked" and message.locked_until_utc is None
        receiver.complete_message(receive(receiver)[0])

with check("receives and deletes"):
    send("orders", "deleted")
    with client.get_queue_receiver(
        "orders", receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE
    ) as receiver:
        assert str(receive(receiver)[0]) == "deleted"

with check("schedules and cancels"):
    later = datetime.datetime.utcnow() + datetime.timedelta(hours=1)
    with client.get_queue_sender("orders") as sender:
        numbers = sender.schedule_messages([ServiceBusMessage("later"), ServiceBusMessage("never")], later)
        sender.cancel_scheduled_messages(numbers[1])
        assert len(numbers) == 2
        sender.cancel_scheduled_messages(numbers[0])

with check("works on a session and keeps its state"):
    send("sessions", "a", "b", session_id="s")
    with client.get_queue_receiver("sessions", session_id="s") as receiver:
        assert receiver.session.session_id == "s"
        receiver.session.set_state("half way")
        assert receiver.session.get_state() == b"half way"
        assert receiver.session.renew_lock()
        for message in receive(receiver, 2):
            receiver.complete_message(message)
        expect_error(
            SessionCannotBeLockedError,
            lambda: client.get_queue_receiver("sessions", session_id="s").__enter__(),
        )

with check("accepts the next session"):
    send("sessions", "c", session_id="t")
    with client.get_queue_receiver(
        "sessions", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=5
    ) as receiver:
        assert receiver.session.session_id == "t"
        receiver.complete_message(receive(receiver)[0])

with check("publishes and receives from a subscription"):
    with client.get_topic_sender("events") as sender:
        sender.send_messages(ServiceBusMessage("news", subject="red"))
    with client.get_subscription_receiver("events", "all") as receiver:
        receiver.complete_message(receive(receiver)[0])

with check("carries properties of all types"):
    sent = {"text": "ä", "number": 2**30, "ratio": 0.5, "flag": True}
    send("orders", "typed", application_properties=sent, correlation_id="c", content_type="text/plain")
    with client.get_queue_receiver("orders") as receiver:
        message = receive(receiver)[0]
        received = {key.decode(): value for key, value in message.application_properties.items()}
        received["text"] = received["text"].decode() if isinstance(received["text"], bytes) else received["text"]
        assert received == sent, received
        assert (message.correlation_id, message.content_type) == ("c", "text/plain")
        receiver.complete_message(message)

with check("is told that a lock is lost"):
    send("short-lock", "late")
    with client.get_queue_receiver("short-lock") as receiver:
        message = receive(receiver)[0]
        receive(receiver)  # comes again when its lock is over
        expect_error((MessageLockLostError, ServiceBusError), lambda: receiver.complete_message(message))

with check("is told of a missing entity"):
    # A token for a missing entity is refused, and that is an error of authentication, as it is in the cloud.
    expect_error((MessagingEntityNotFoundError, ServiceBusAuthenticationError), lambda: send("missing", "x"))

with check("is refused with a wrong key"):
    with client_of(key="wrong") as stranger:
        expect_error(
            (ServiceBusAuthorizationError, ServiceBusError),
            lambda: stranger.get_queue_sender("orders").__enter__(),
        )

with check("may do what its key grants, and no more"):
    with client_of("sending", "sending-key") as sending:
        with sending.get_queue_sender("orders") as sender:
            sender.send_messages(ServiceBusMessage("granted"))
        expect_error(
            (ServiceBusAuthorizationError, ServiceBusError),
            lambda: sending.get_queue_receiver("orders").__enter__(),
        )

client.close()
finish()
