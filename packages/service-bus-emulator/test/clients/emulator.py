"""How azure-servicebus reaches the emulator: the arguments are the ports of plain AMQP and of TLS, and its certificate."""

import importlib.util
import os
import sys

PORT, TLS_PORT, CERTIFICATE = sys.argv[1], sys.argv[2], sys.argv[3]

# For the administration client, which in earlier versions has no parameter for it.
os.environ["REQUESTS_CA_BUNDLE"] = CERTIFICATE

# Versions on uamqp speak TLS only; on their own AMQP stack they take plain AMQP for the emulator.
SPEAKS_PLAIN_AMQP = importlib.util.find_spec("azure.servicebus._pyamqp") is not None
TRUST = {} if SPEAKS_PLAIN_AMQP else {"connection_verify": CERTIFICATE}

if not SPEAKS_PLAIN_AMQP:
    from azure.servicebus._common import _configuration

    # They take no port of a connection string, and a custom endpoint means WebSockets to it.
    _configuration.DEFAULT_AMQPS_PORT = int(TLS_PORT)


def connection_string(name="RootManageSharedAccessKey", key="SAS_KEY_VALUE"):
    endpoint = f"sb://localhost:{PORT};UseDevelopmentEmulator=true" if SPEAKS_PLAIN_AMQP else "sb://localhost/"
    return f"Endpoint={endpoint};SharedAccessKeyName={name};SharedAccessKey={key}"


def administration_connection_string():
    return (
        f"Endpoint=sb://localhost:{TLS_PORT}/;"
        "SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE"
    )
