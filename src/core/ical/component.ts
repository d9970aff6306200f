// Reading and copying jCal components and properties.

import type { JCalComponent, JCalParameters, JCalProperty, JCalValue } from "./jcal.ts";

/** Child components, all or those of one lower-case name. */
export function componentsOf(component: JCalComponent, name?: string): readonly JCalComponent[] {
  return name === undefined ? component[2] : component[2].filter((child) => child[0] === name);
}

/** Properties of one lower-case name. */
export function propertiesOf(component: JCalComponent, name: string): readonly JCalProperty[] {
  return component[1].filter((property) => property[0] === name);
}

export function firstProperty(component: JCalComponent, name: string): JCalProperty | undefined {
  for (const property of component[1]) if (property[0] === name) return property;
  return undefined;
}

/** The values of a property. */
export function valuesOf(property: JCalProperty): readonly JCalValue[] {
  return property.slice(3);
}

/** The first value of a property as text; a structured value is joined by `;`. */
export function textOf(property: JCalProperty): string {
  const value = property[3];
  if (value === undefined) return "";
  return Array.isArray(value) ? value.join(";") : String(value);
}

/** The first value of the first property of that name as text; null when there is none. */
export function firstText(component: JCalComponent, name: string): string | null {
  const property = firstProperty(component, name);
  return property === undefined ? null : textOf(property);
}

/** A parameter's (first) value; null when absent. */
export function parameterOf(property: JCalProperty, name: string): string | null {
  const value = Object.hasOwn(property[1], name) ? property[1][name] : undefined;
  if (value === undefined) return null;
  return typeof value === "string" ? value : (value[0] ?? "");
}

export function tzidOf(property: JCalProperty): string | null {
  return parameterOf(property, "tzid");
}

export function withProperties(component: JCalComponent, properties: readonly JCalProperty[]): JCalComponent {
  return [component[0], properties, component[2]];
}

export function withComponents(
  component: JCalComponent,
  components: readonly JCalComponent[],
): JCalComponent {
  return [component[0], component[1], components];
}

/** A copy without the properties of these lower-case names. */
export function withoutProperties(component: JCalComponent, ...names: readonly string[]): JCalComponent {
  return withProperties(
    component,
    component[1].filter((property) => !names.includes(property[0])),
  );
}

/** A copy of a property with a parameter set, or removed with null. */
export function withParameter(property: JCalProperty, name: string, value: string | null): JCalProperty {
  const parameters: { [name: string]: string | readonly string[] } = { ...property[1] };
  if (value === null) delete parameters[name];
  else parameters[name] = value;
  return [property[0], parameters, property[2], ...valuesOf(property)];
}

export function textProperty(name: string, value: string, parameters: JCalParameters = {}): JCalProperty {
  return [name, parameters, "text", value];
}
