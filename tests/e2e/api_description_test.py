"""schemas/cipherscale-api.openapi.yaml against what is sent: each request of cipherform and each answer of the sandbox
passes through a server of this test, and must be described there."""

import http.client
import http.server
import json
import re
import threading
import unittest
import urllib.parse

import jsonschema
import yaml

import harness
from harness import CipherformTest

API = yaml.safe_load((harness.SOURCE / "schemas/cipherscale-api.openapi.yaml").read_text())
SEED = """
groups: [{name: Everyone}, {name: Engineering}, {name: Admins, role: ADMIN}]
users:
  - {email: owner@example.com, groups: [Everyone, Admins], owner: true}
  - {email: bob@example.com, groups: [Everyone, Engineering]}
"""
BODY = """
groups: {Engineering: {members: [ada@example.com, cleo@example.com, owner@example.com]}}
users:
  - {email: ada@example.com, groups: [Everyone]}
  - {email: cleo@example.com, groups: [Everyone]}
"""


class Recorder(http.server.BaseHTTPRequestHandler):
    """Passes everything on to `server.tenant`, and keeps it in `server.calls`."""

    protocol_version = "HTTP/1.1"

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection(self.server.tenant, timeout=30)
        connection.request(self.command, self.path, body or None,
                           {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.server.calls.append((self.command, self.path, body, answer.status, content))
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = pass_on

    def log_message(self, *_):
        pass


def json_schema(node):
    """OpenAPI 3.0's dialect as JSON Schema: `nullable` is another type, references lead into this document."""
    if isinstance(node, list):
        return [json_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    schema = {key: json_schema(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable"):
        schema["type"] = [schema["type"], "null"]
    return schema


def validate(schema, value):
    jsonschema.Draft202012Validator({**json_schema(schema), "components": json_schema(API["components"])}).validate(value)


def operation_of(method, path):
    """The described operation, and the description of its path."""
    for template, operations in API["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in operations:
            return template, operations[method.lower()]
    raise AssertionError(f"{method} {path} is not described")


def parameters_of(operation):
    named = [API["components"]["parameters"][p["$ref"].rsplit("/", 1)[1]] if "$ref" in p else p
             for p in operation.get("parameters", [])]
    return {p["name"] for p in named if p["in"] == "query"}


class ApiDescription(CipherformTest):
    def setUp(self):
        super().setUp()
        tenant = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
        self.server.daemon_threads = True
        self.server.tenant = urllib.parse.urlsplit(tenant.url).netloc
        self.server.calls = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.project(f"http://127.0.0.1:{self.server.server_port}/qa", BODY, "guardrails: {max_removals: {count: 5}}\n")

    def check(self, method, path, body, status, content):
        url = urllib.parse.urlsplit(path)
        template, operation = operation_of(method, url.path.removeprefix("/qa"))
        self.assertLessEqual(set(urllib.parse.parse_qs(url.query)), parameters_of(operation))
        self.assertEqual(bool(body), "requestBody" in operation)
        if body:
            validate(operation["requestBody"]["content"]["application/json"]["schema"], json.loads(body))
        responses = operation["responses"]
        answer = responses.get(str(status)) or responses.get(f"{status // 100}XX") or API["components"]["responses"]["Error"]
        if "content" in answer:
            validate(answer["content"]["application/json"]["schema"], json.loads(content))
        return method, template

    def test_every_request_and_answer_is_described(self):
        self.expect(0, "apply", "--auto-approve")
        self.write("cipherform.yaml", (self.directory / "cipherform.yaml").read_text()
                   + "  - {email: dora@example.com, groups: [Everyone]}\n  - {email: eve@example.com, groups: [Everyone]}\n")
        self.expect(0, "apply", "--auto-approve")
        seen = {self.check(*call) for call in self.server.calls}
        described = {(method.upper(), path) for path, operations in API["paths"].items() for method in operations}
        self.assertEqual(seen, described, "every operation is used, and no other")

    def test_refusals_are_described(self):
        self.assertEqual(self.run_cipherform("plan", variables={"CIPHERFORM_API_KEY": "wrong"}).code, 1)
        self.assertTrue(self.server.calls)
        for call in self.server.calls:
            self.assertEqual(call[3], 401)
            self.check(*call)

    def test_the_check_can_fail(self):
        page = API["paths"]["/tenants/users"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        user = {"id": "1", "status": "Active", "isOwner": False, "groups": [{"id": "2"}], "email": None}
        validate(page, {"data": [user]})
        for wrong in ({"isOwner": "no"}, {"groups": [{}]}, {"email": 1}):
            with self.assertRaises(jsonschema.ValidationError):
                validate(page, {"data": [{**user, **wrong}]})


if __name__ == "__main__":
    harness.main()
