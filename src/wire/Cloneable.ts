/**
 * What can cross a thread, and where exactly a value cannot.
 *
 * Runtimes only say "could not be cloned". Here the culprit is found and named by its path, such as
 * `args[0].onClick`.
 */

/** A value inside another that cannot be cloned. */
export interface Culprit {
  /** Where it is, from the root that the search was given. */
  readonly path: string
  /** What it is, in words. */
  readonly description: string
}

const identifier = /^[A-Za-z_$][\w$]*$/

const step = (path: string, key: string): string =>
  identifier.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`

const kindOf = (value: unknown): string => {
  if (value === null) return "null"
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`
  if (typeof value !== "object") return `a ${typeof value}`
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name
  const kind = typeof name === "string" && name !== "" && name !== "Object" ? name : tag
  return `${/^[AEIOU]/i.test(kind) ? "an" : "a"} ${kind}`
}

const describe = (value: unknown): string => {
  try {
    return kindOf(value)
  } catch {
    return "a value that cannot be inspected"
  }
}

/** Can `value` be cloned? Costs a clone: meant for the way of an error, not for every call. */
export const isCloneable = (value: unknown): boolean => {
  if (typeof value === "function" || typeof value === "symbol") return false
  if (typeof value !== "object" || value === null) return true
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

/**
 * Finds the part of `value` that keeps it from being cloned, or `undefined` when nothing does. `moved` holds what is
 * handed over rather than cloned, and so need not be cloneable.
 */
export const findCulprit = (value: unknown, path: string, moved?: ReadonlySet<unknown>): Culprit | undefined => {
  const seen = new Set<unknown>()
  const search = (value: unknown, path: string): Culprit | undefined => {
    if (typeof value === "function" || typeof value === "symbol") return { path, description: describe(value) }
    if (typeof value !== "object" || value === null || seen.has(value) || moved?.has(value)) return undefined
    seen.add(value)
    const inside = searchInside(value, path)
    if (inside !== undefined) return inside
    // what holds something moved cannot be tried by cloning, and its parts have been looked at
    if (containsMoved(value)) return undefined
    return isCloneable(value) ? undefined : { path, description: describe(value) }
  }
  const containsMoved = (value: object): boolean =>
    moved !== undefined && moved.size > 0 && (ArrayBuffer.isView(value) ? moved.has(value.buffer) : isContainer(value))
  const searchInside = (value: object, path: string): Culprit | undefined => {
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        const culprit = search(value[index], `${path}[${index}]`)
        if (culprit !== undefined) return culprit
      }
      return undefined
    }
    if (value instanceof Map) {
      let index = 0
      for (const [key, entry] of value) {
        const culprit =
          search(key, `${path}.keys()[${index}]`) ??
          search(entry, typeof key === "string" ? `${path}.get(${JSON.stringify(key)})` : `${path}.values()[${index}]`)
        if (culprit !== undefined) return culprit
        index++
      }
      return undefined
    }
    if (value instanceof Set) {
      let index = 0
      for (const entry of value) {
        const culprit = search(entry, `${path}.values()[${index}]`)
        if (culprit !== undefined) return culprit
        index++
      }
      return undefined
    }
    if (!isContainer(value)) return undefined
    for (const key of Object.keys(value)) {
      // a container's own enumerable field, read as a clone reads it
      const culprit = search((value as Record<string, unknown>)[key], step(path, key))
      if (culprit !== undefined) return culprit
    }
    return undefined
  }
  try {
    return search(value, path)
  } catch (error) {
    // a getter that throws, a revoked proxy, or nesting deeper than the stack
    return { path, description: `${describe(value)}${error instanceof RangeError ? " nested too deeply" : ""}` }
  }
}

// what structured clone copies field by field; of anything else only the whole can be tried
const isContainer = (value: object): boolean => {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true
  return Object.prototype.toString.call(value) === "[object Object]"
}
