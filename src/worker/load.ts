/**
 * Finds the adapter in a module: the export that was asked for, else the default export, else the only adapter among
 * the exports.
 */
import * as Adapter from "./Adapter.ts"

const field = (value: unknown, name: string): unknown =>
  // any object may be asked for any field
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined

/** Picks the adapter out of `module`. Throws a `TypeError` that says what was found instead. */
export const pick = (module: unknown, href: string, name: string | undefined): Adapter.Any => {
  if (name !== undefined) {
    const named = field(module, name) ?? field(field(module, "default"), name)
    if (Adapter.isAdapter(named)) return named
    throw new TypeError(
      `Cannot use export "${name}" of ${href}: expected an adapter made by Adapter.define, received ${
        named === undefined ? "nothing" : typeof named
      }`
    )
  }
  const standard = field(module, "default")
  if (Adapter.isAdapter(standard)) return standard
  // a CommonJS module compiled from `export default` carries it one level further in
  const nested = field(standard, "default")
  if (Adapter.isAdapter(nested)) return nested
  const exports: Array<[string, unknown]> = typeof module === "object" && module !== null ? Object.entries(module) : []
  const adapters = exports.filter(([, value]) => Adapter.isAdapter(value))
  const only = adapters[0]?.[1]
  if (adapters.length === 1 && Adapter.isAdapter(only)) return only
  throw new TypeError(
    adapters.length === 0
      ? `Cannot find an adapter in ${href}: expected an export made by Adapter.define, received ${
          exports.length === 0 ? "no exports" : exports.map(([name]) => name).join(", ")
        }`
      : `Cannot choose between the adapters of ${href}: ${adapters
          .map(([name]) => name)
          .join(", ")}. Make one the default export, or name one with the option "export"`
  )
}
