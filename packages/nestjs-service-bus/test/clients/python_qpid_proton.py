"""Sends a value of each type that qpid-proton knows to the queue `work`, with its name as the subject."""

import sys
import uuid

from proton import (
    Array, Data, Described, Message, UNDESCRIBED, byte, char, decimal128, float32, int32, symbol, timestamp, ubyte,
    uint, ulong,
)
from proton.utils import BlockingConnection

BODIES = {
    "nothing": None,
    "true": True,
    "text": "hello",
    "symbol": symbol("hello"),
    "char": char("ü"),
    "ubyte": ubyte(200),
    "byte": byte(-3),
    "uint": uint(4_294_967_295),
    "int": int32(-200),
    "long": 2**53 - 1,
    "large long": 2**63 - 1,
    "large ulong": ulong(2**64 - 1),
    "double": 1.5,
    "float": float32(0.5),
    "decimal": decimal128(bytes(range(16))),
    "time": timestamp(1_000),
    "uuid": uuid.UUID("00112233-4455-6677-8899-aabbccddeeff"),
    "bytes": b'{"a":1}',
    "list": [1, "a", None],
    "map": {"a": {"b": [True]}},
    "map of numbers": {1: "a"},
    "array": Array(UNDESCRIBED, Data.INT, 1, 2),
    "described": Described(symbol("shop:order"), {"id": 7}),
}

connection = BlockingConnection(
    f"amqp://RootManageSharedAccessKey:SAS_KEY_VALUE@127.0.0.1:{sys.argv[1]}", timeout=10, allowed_mechs="PLAIN"
)
sender = connection.create_sender("work")
for name, body in BODIES.items():
    sender.send(Message(body=body, id=name, subject="work"))
sender.send(Message(body=[1, 2], id="sequence", subject="work", inferred=True))
sender.send(Message(body=b'{"a":1}', id="data", subject="work", inferred=True))
connection.close()
