"use strict";

// Reads the JSON Schemas of an OpenAPI document: what a field is, in words, and an example of it.

class Schemas {
  constructor(document) {
    this.known = document.components?.schemas ?? {};
  }

  resolve(schema) {
    const name = schema?.$ref?.split("/").pop();
    if (name) return this.known[name] ?? {};
    if (schema?.allOf?.length === 1) return this.resolve(schema.allOf[0]);
    return schema ?? {};
  }

  // The choices of a schema without null, and whether null is one of them.
  choices(schema) {
    const found = schema.anyOf ?? schema.oneOf ?? [schema];
    const rest = found.filter((choice) => choice.type !== "null");
    return { rest, nullable: rest.length < found.length };
  }

  // "text", "list of text", "whole number or null", "one of call, manage".
  describe(given) {
    const schema = this.resolve(given);
    const { rest, nullable } = this.choices(schema);
    const names = rest.map((choice) => this.describeOne(this.resolve(choice)));
    if (nullable) names.push("null");
    return [...new Set(names)].join(" or ");
  }

  describeOne(schema) {
    if (schema.anyOf || schema.oneOf) return this.describe(schema);
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.enum) return `one of ${schema.enum.join(", ")}`;
    if (schema.type === "array") return `list of ${this.describe(schema.items ?? {})}`;
    const words = { string: "text", integer: "whole number", number: "number", boolean: "true or false", object: "object" };
    const word = words[schema.type] ?? "any value";
    return schema.format === "date-time" ? "time" : word;
  }

  limits(given) {
    const { rest } = this.choices(this.resolve(given));
    const schema = rest.length === 1 ? this.resolve(rest[0]) : {};
    const said = [];
    if (schema.minimum !== undefined || schema.maximum !== undefined) {
      said.push(`${schema.minimum ?? "…"} to ${schema.maximum ?? "…"}`);
    }
    if (schema.maxLength !== undefined) said.push(`at most ${schema.maxLength} characters`);
    if (schema.maxItems !== undefined) said.push(`at most ${schema.maxItems} items`);
    return said.join(", ");
  }

  // Flat rows for a table: fields of fields as "models[].name". A schema inside itself stops.
  rows(given, path = "", seen = []) {
    const { rest } = this.choices(this.resolve(given));
    const schema = rest.length === 1 ? this.resolve(rest[0]) : {};
    if (seen.includes(schema)) return [];
    if (schema.type === "array") return this.rows(schema.items ?? {}, `${path}[]`, [...seen, schema]);
    return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
      const here = path ? `${path}.${name}` : name;
      const own = this.resolve(field);
      const row = {
        name: here,
        type: this.describe(field),
        required: (schema.required ?? []).includes(name),
        preset: field.default ?? own.default,
        notes: [field.description, this.limits(field)],
      };
      return [row, ...this.rows(field, here, [...seen, schema])];
    });
  }

  example(given, name = "", seen = []) {
    const { rest } = this.choices(this.resolve(given));
    const schema = this.resolve(rest[0] ?? {});
    if (schema.examples?.length) return schema.examples[0];
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return schema.enum[0];
    if (schema.type === "array") return seen.includes(schema) ? [] : [this.example(schema.items ?? {}, name, [...seen, schema])];
    if (schema.type === "object" || schema.properties) {
      if (seen.includes(schema)) return {};
      const wanted = schema.required ?? [];
      return Object.fromEntries(
        wanted.map((field) => [field, this.example(schema.properties?.[field] ?? {}, field, [...seen, schema])]),
      );
    }
    if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 1;
    if (schema.type === "boolean") return true;
    return name === "email" ? "ann@example.com" : "…";
  }
}
