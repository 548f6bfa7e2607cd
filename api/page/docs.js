// The page about the API, made from the OpenAPI document.

import { el, listed, trouble, words } from "./elements.js";
import { listing } from "./quotes.js";
import { fetched } from "./service.js";

const place = document.getElementById("routes");

async function show() {
  try {
    const api = await fetched("openapi.json");
    document.getElementById("about").replaceChildren(...words(api.info.description));
    const routes = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, route]) => section(api, path, method, route)),
    );
    place.replaceChildren(...routes);
  } catch (error) {
    place.replaceChildren(trouble(error, show));
  } finally {
    place.removeAttribute("aria-busy");
  }
}

function section(api, path, method, route) {
  const schemaOf = (content) => resolved(api, content?.["application/json"]?.schema);
  const taken = schemaOf(route.requestBody?.content);
  const isGood = (status) => status.startsWith("2");
  const given = schemaOf(route.responses[Object.keys(route.responses).find(isGood)]?.content);
  const errors = Object.keys(route.responses).filter((status) => !isGood(status));
  return el(
    "section.route",
    {},
    el("h2", {}, el("span", {}, method.toUpperCase()), path),
    el("p", {}, ...words(route.description ?? route.summary ?? "")),
    taken ? fields("Takes", taken) : null,
    listing(command(path, method, taken)),
    given ? fields("Gives", given) : null,
    errors.length ? el("p.errors", {}, `Errors, as problem documents: ${listed(errors)}.`) : null,
  );
}

function resolved(api, schema) {
  const name = schema?.$ref?.split("/").pop();
  return name ? api.components.schemas[name] : null;
}

function fields(title, schema) {
  const required = new Set(schema.required ?? []);
  const needed = ([name]) => (required.has(name) ? 0 : 1);
  const all = Object.entries(schema.properties ?? {}).sort((a, b) => needed(a) - needed(b));
  const rows = all.flatMap(([name, rules]) => {
    const optional = title === "Takes" && !required.has(name);
    return [
      el("dt", {}, name, optional ? el("small", {}, " optional") : null),
      el("dd", {}, rules.description ?? ""),
    ];
  });
  return el("div", {}, el("h3.overline.errors", {}, title), el("dl.fields", {}, ...rows));
}

/** A command that asks the route, with the examples of the fields it needs. */
function command(path, method, schema) {
  const address = decodeURI(new URL(`.${path}`, document.baseURI));
  if (method === "get") return `curl '${address}'`;
  if (method === "delete") return `curl -X DELETE '${address}'`;
  const body = Object.fromEntries(
    (schema?.required ?? []).map((name) => [name, schema.properties[name].examples?.[0]]),
  );
  const json = JSON.stringify(body);
  return `curl '${address}' \\\n  -H 'Content-Type: application/json' \\\n  -d '${json}'`;
}

show();
