// Shows /openapi.json with the Swagger UI of our own host. The packaged Swagger UI reads OpenAPI 3.0, the description is 3.1:
// what 3.1 says in another way (types that may be null, constants) is rewritten here, for this page only.
"use strict";

function plain(node) {
  if (Array.isArray(node)) return node.map(plain);
  if (node === null || typeof node !== "object") return node;
  const copy = {};
  for (const [key, value] of Object.entries(node)) copy[key] = key === "example" ? value : plain(value);
  if (Array.isArray(copy.anyOf) && copy.anyOf.some((part) => part.type === "null")) {
    const rest = copy.anyOf.filter((part) => part.type !== "null");
    delete copy.anyOf;
    Object.assign(copy, rest.length === 1 ? rest[0] : { anyOf: rest }, { nullable: true });
  }
  if ("const" in copy) {
    copy.enum = [copy.const];
    delete copy.const;
  }
  return copy;
}

fetch("/openapi.json", { credentials: "same-origin" })
  .then((answer) => answer.json())
  .then((description) => {
    window.SwaggerUIBundle({
      spec: { ...plain(description), openapi: "3.0.3" },
      dom_id: "#docs",
      deepLinking: true,
      validatorUrl: null,
      tryItOutEnabled: true,
    });
  });
