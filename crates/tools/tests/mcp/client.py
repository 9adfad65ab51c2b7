"""A real client of the protocol's own SDK: calls Jarvis's tools and writes down, as JSON, what it was answered."""

import json
import pathlib
import sys

import anyio
from jsonschema.validators import validator_for
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import ElicitResult

socket, mode = sys.argv[1:]
bridge = str(pathlib.Path(__file__).parent / "bridge.py")
seen = {"asked": 0}


async def always_yes(*_):
    seen["asked"] += 1
    return ElicitResult(action="accept", content={})


def told(result):
    return {
        "error": bool(result.is_error),
        "text": "\n".join(block.text for block in result.content if block.type == "text"),
        "kinds": [block.type for block in result.content],
    }


async def main():
    server = StdioServerParameters(command=sys.executable, args=[bridge, socket])
    async with Client(server, mode=mode, elicitation_callback=always_yes, cache=None) as client:
        seen["server"] = client.server_info.name
        seen["version"] = client.protocol_version
        tools = (await client.list_tools()).tools
        for tool in tools:
            validator_for(tool.input_schema).check_schema(tool.input_schema)
        seen["tools"] = {
            tool.name: {
                "description": tool.description,
                "type": tool.input_schema.get("type"),
                "reads": tool.annotations.read_only_hint,
                "destroys": tool.annotations.destructive_hint,
            }
            for tool in tools
        }

        async def call(name, arguments=None):
            try:
                return told(await client.call_tool(name, arguments or {}))
            except MCPError as error:
                return {"code": error.error.code, "message": error.error.message}

        seen["look"] = await call("look_around", {"depth": 2})
        seen["bad"] = await call("look_around", {"depth": "deep"})
        seen["picture"] = await call("screenshot")
        seen["refused"] = await call("end_everything")
        seen["unknown"] = await call("no_such_tool")
        seen["command"] = await call("run_command", {})
        seen["foreign"] = await call("mcp_other_tool")
        seen["send_before"] = await call("send_note")
        seen["read"] = await call("read_note")
        seen["send_after"] = await call("send_note")

        many = []

        async def one(depth):
            many.append((await call("look_around", {"depth": depth}))["text"])

        async with anyio.create_task_group() as group:
            for depth in range(20):
                group.start_soon(one, depth)
        seen["many"] = sorted(many)

        # Cancelled when it is known to be under way.
        seen["progress"] = []
        async with anyio.create_task_group() as group:

            async def progress(done, total, message):
                seen["progress"].append(done)
                group.cancel_scope.cancel()

            await client.call_tool("wait_forever", {}, progress_callback=progress)
        seen["after"] = await call("look_around", {"depth": 3})
    print(json.dumps(seen))


anyio.run(main)
