"""azure-servicebus for Python, its clients for asyncio."""

import asyncio
import datetime

from azure.servicebus import NEXT_AVAILABLE_SESSION, ServiceBusMessage, ServiceBusReceiveMode, ServiceBusSubQueue
from azure.servicebus.aio import AutoLockRenewer, ServiceBusClient
from azure.servicebus.exceptions import ServiceBusAuthorizationError, ServiceBusError, SessionCannotBeLockedError

from checks import check, expect_error_of, finish
from emulator import TRUST, connection_string


def client_of(*key):
    return ServiceBusClient.from_connection_string(connection_string(*key), retry_total=0, **TRUST)


async def receive(receiver, count=1):
    messages = []
    while len(messages) < count:
        some = await receiver.receive_messages(max_message_count=count - len(messages), max_wait_time=5)
        assert some, f"{len(messages)} of {count} messages came"
        messages.extend(some)
    return messages


async def main():
    async with client_of() as client:

        async def send(queue, *bodies, **properties):
            async with client.get_queue_sender(queue) as sender:
                for body in bodies:
                    await sender.send_messages(ServiceBusMessage(body, **properties))

        with check("sends one message, a list, and a batch"):
            async with client.get_queue_sender("orders") as sender:
                await sender.send_messages(ServiceBusMessage("one"))
                await sender.send_messages([ServiceBusMessage("two"), ServiceBusMessage("three")])
                batch = await sender.create_message_batch()
                batch.add_message(ServiceBusMessage("four"))
                await sender.send_messages(batch)

        with check("iterates over messages and completes them"):
            bodies = []
            async with client.get_queue_receiver("orders", max_wait_time=5) as receiver:
                async for message in receiver:
                    bodies.append(str(message))
                    await receiver.complete_message(message)
                    if len(bodies) == 4:
                        break
            assert bodies == ["one", "two", "three", "four"], bodies

        with check("abandons, defers, and dead-letters one message after the other"):
            await send("orders", "passed round")
            async with client.get_queue_receiver("orders") as receiver:
                await receiver.abandon_message((await receive(receiver))[0])
                message = (await receive(receiver))[0]
                assert message.delivery_count == 1, message.delivery_count
                await receiver.defer_message(message)
                deferred = (await receiver.receive_deferred_messages(message.sequence_number))[0]
                await receiver.dead_letter_message(deferred, reason="why", error_description="because")
            async with client.get_queue_receiver("orders", sub_queue=ServiceBusSubQueue.DEAD_LETTER) as dead:
                message = (await receive(dead))[0]
                reasons = (message.dead_letter_reason, message.dead_letter_error_description)
                assert reasons == ("why", "because"), reasons
                await dead.complete_message(message)

        with check("renews a lock by itself"):
            await send("slow", "renewed")
            async with AutoLockRenewer() as renewer, client.get_queue_receiver("slow") as receiver:
                message = (await receive(receiver))[0]
                until = message.locked_until_utc
                renewer.register(receiver, message, max_lock_renewal_duration=30)
                while message.locked_until_utc <= until:
                    assert message.auto_renew_error is None and not message._lock_expired, "the lock is lost"
                    await asyncio.sleep(0.05)
                await receiver.complete_message(message)

        with check("peeks, and receives and deletes"):
            await send("orders", "deleted")
            async with client.get_queue_receiver(
                "orders", receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE
            ) as receiver:
                peeked = (await receiver.peek_messages())[0]
                assert str(peeked) == "deleted" and peeked.locked_until_utc is None
                assert str((await receive(receiver))[0]) == "deleted"

        with check("schedules and cancels"):
            later = datetime.datetime.utcnow() + datetime.timedelta(hours=1)
            async with client.get_queue_sender("orders") as sender:
                numbers = await sender.schedule_messages([ServiceBusMessage("a"), ServiceBusMessage("b")], later)
                assert len(numbers) == 2
                await sender.cancel_scheduled_messages(numbers)

        with check("works on a session and keeps its state; another receiver is refused"):
            await send("sessions", "a", session_id="one")
            async with client.get_queue_receiver("sessions", session_id="one") as receiver:
                await receiver.session.set_state("half way")
                assert await receiver.session.get_state() == b"half way"
                assert await receiver.session.renew_lock()
                await receiver.complete_message((await receive(receiver))[0])
                other = client.get_queue_receiver("sessions", session_id="one")
                await expect_error_of(SessionCannotBeLockedError, other.__aenter__())

        with check("accepts the next session"):
            await send("sessions", "b", session_id="two")
            async with client.get_queue_receiver(
                "sessions", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=5
            ) as receiver:
                assert receiver.session.session_id == "two"
                await receiver.complete_message((await receive(receiver))[0])

        with check("publishes and receives from a subscription"):
            async with client.get_topic_sender("events") as sender:
                await sender.send_messages(ServiceBusMessage("news"))
            async with client.get_subscription_receiver("events", "all") as receiver:
                await receiver.complete_message((await receive(receiver))[0])

        with check("sends and receives side by side"):
            async def consume(count):
                async with client.get_queue_receiver("orders") as receiver:
                    for message in await receive(receiver, count):
                        await receiver.complete_message(message)

            await asyncio.gather(consume(20), send("orders", *(str(number) for number in range(20))))

    with check("is refused with a wrong key"):
        async with client_of("RootManageSharedAccessKey", "wrong") as stranger:
            refused = stranger.get_queue_sender("orders").__aenter__()
            await expect_error_of((ServiceBusAuthorizationError, ServiceBusError), refused)


asyncio.run(main())
finish()
