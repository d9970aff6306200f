// The layers of docs/design/layers.md. `bin/check-layers.mjs` runs this and asserts that modules were cruised at all.

const layer = (name, from, forbidden) => ({
  name,
  severity: "error",
  from: { path: from, pathNot: "\\.test\\.tsx?$" },
  to: { path: forbidden },
});

export default {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "no-orphan-import", severity: "error", from: {}, to: { couldNotResolve: true, path: "^\\." } },
    {
      name: "core-is-pure",
      severity: "error",
      from: { path: "^src/core/", pathNot: "\\.test\\.ts$|^src/core/testing/" },
      to: { pathNot: "^src/core/|node_modules/ical\\.js" },
    },
    layer("caldav-knows-core-only", "^src/caldav/", "^src/(durable|federation|scheduler|mcp|api|web)/"),
    layer("federation-knows-core-only", "^src/federation/", "^src/(durable|caldav|scheduler|mcp|api|web)/"),
    layer("scheduler-knows-core-only", "^src/scheduler/", "^src/(durable|caldav|federation|mcp|api|web)/"),
    layer("durable-knows-no-front", "^src/durable/", "^src/(mcp|api|web)/"),
    layer("mcp-knows-core-only", "^src/mcp/", "^src/(durable|caldav|federation|api|web)/"),
    layer("api-knows-core-only", "^src/api/", "^src/(durable|caldav|federation|scheduler|mcp)/"),
    layer("xml-library-in-one-room", "^src/(?!caldav/xml/)", "node_modules/fast-xml-parser"),
    layer("ical-library-in-core", "^src/(?!core/ical/)", "node_modules/ical\\.js"),
    layer("tsdav-in-its-connector", "^src/(?!federation/caldav/)", "node_modules/tsdav"),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    parser: "swc",
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js"],
      conditionNames: ["workerd", "import", "types", "default"],
    },
  },
};
