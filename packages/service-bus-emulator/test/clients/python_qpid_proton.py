"""qpid-proton: SASL PLAIN, default link names, the answers to what is refused."""

import sys

import proton
from proton import Message
from proton.utils import BlockingConnection, LinkDetached

from checks import check, expect_error, finish

port = sys.argv[1]


def connect(name="RootManageSharedAccessKey", key="SAS_KEY_VALUE"):
    return BlockingConnection(
        f"amqp://{name}:{key}@127.0.0.1:{port}", timeout=10, allowed_mechs="PLAIN"
    )


with check("signs in by SASL PLAIN"):
    connection = connect()

with check("is refused there with a wrong key"):
    expect_error(proton.ProtonException, lambda: connect(key="wrong"))

with check("sends and receives on links that have one name"):
    sender = connection.create_sender("orders", name="orders")
    receiver = connection.create_receiver("orders", name="orders", credit=1)
    sender.send(Message(body="hello", id="1"))
    message = receiver.receive(timeout=10)
    assert message.body == "hello", message.body
    receiver.accept()

with check("gives a message back"):
    sender.send(Message(body="again"))
    assert receiver.receive(timeout=10).body == "again"
    receiver.release()
    assert receiver.receive(timeout=10).body == "again"
    receiver.accept()

with check("is told of a missing entity"):
    error = expect_error(LinkDetached, lambda: connection.create_sender("missing"))
    assert "could not be found" in str(error), error

with check("may do what its key grants, and no more"):
    sending = connect("sending", "sending-key")
    sending.create_sender("orders").send(Message(body="granted"))
    expect_error(LinkDetached, lambda: sending.create_receiver("orders"))
    sending.close()

connection.close()
finish()
