/**
 * What tasks cost next to each other.
 *
 * A weight is any finite positive number; 1 is usual. Routing counts weight as load, and `heaviestFirst` starts with the
 * greatest.
 */

/** Weighs things. */
export type Weigh<A> = (value: A, index: number) => number

/** `weight` when it is a finite positive number; otherwise throws a `RangeError` that names the item. */
export const check = (weight: number, index: number): number => {
  if (Number.isFinite(weight) && weight > 0) return weight
  throw new RangeError(`Cannot weigh item ${index}: expected a finite positive number, received ${weight}`)
}

/**
 * Weighs by `f`, which may return any finite positive number. What it returns otherwise is thrown as a `RangeError` that
 * names the item.
 *
 * **Example** (Pages weigh as much as they are long)
 *
 * ```ts
 * import { Weight } from "troupe"
 *
 * const byLength = Weight.of((page: string) => page.length)
 * console.log(["long page", "page"].map(byLength)) // => [ 9, 4 ]
 * ```
 */
export const of =
  <A>(f: Weigh<A>): Weigh<A> =>
  (value, index) =>
    check(f(value, index), index)

/** What makes a template costly. */
export interface TemplateCounts {
  /** Characters. */
  readonly size: number
  readonly blocks: number
  /** Jinja's and Nunjucks' `macro`, kida's `def`. */
  readonly macros: number
  readonly extends: number
  readonly includes: number
}

const counted = {
  block: "blocks",
  macro: "macros",
  def: "macros",
  extends: "extends",
  include: "includes"
} as const satisfies Record<string, keyof TemplateCounts>

const keyword = /[+-]?\s*([A-Za-z_]\w*)?/y

const isCounted = (word: string): word is keyof typeof counted => Object.hasOwn(counted, word)

/** Where the tag or expression that is open at `at` closes, or -1. Quoted text may hold anything. */
const closing = (source: string, at: number, close: string): number => {
  for (let quote = ""; at < source.length; at++) {
    // below the length
    const char = source[at] as string
    if (quote !== "") {
      if (char === "\\") at++
      else if (char === quote) quote = ""
    } else if (char === '"' || char === "'") quote = char
    else if (char === close[0] && source.startsWith(close, at)) return at + close.length
  }
  return -1
}

/**
 * Counts the tags of a template in the syntax of Jinja, Nunjucks and kida, with or without marks for white space, on as
 * many lines as they take. Comments and raw blocks count for nothing.
 *
 * One pass: it takes time in proportion to the length of `source`, whatever it holds. What never closes is text.
 */
export const count = (source: string): TemplateCounts => {
  const counts = { size: source.length, blocks: 0, macros: 0, extends: 0, includes: 0 }
  let at = source.indexOf("{")
  while (at >= 0) {
    let end = at + 1
    const kind = source[at + 1]
    if (kind === "#") {
      const closed = source.indexOf("#}", at + 2)
      end = closed < 0 ? -1 : closed + 2
    } else if (kind === "{") end = closing(source, at + 2, "}}")
    else if (kind === "%") {
      keyword.lastIndex = at + 2
      const word = keyword.exec(source)?.[1] ?? ""
      end = closing(source, at + 2, "%}")
      if (end >= 0 && isCounted(word)) counts[counted[word]]++
      if (end >= 0 && (word === "raw" || word === "verbatim")) end = afterRaw(source, end, word)
    }
    if (end < 0) break
    at = source.indexOf("{", end)
  }
  return counts
}

/** Behind the tag that ends a raw block, or -1. */
const afterRaw = (source: string, from: number, word: string): number => {
  const ends = new RegExp(`\\{%[+-]?\\s*end${word}\\s*[+-]?%\\}`, "g")
  ends.lastIndex = from
  return ends.exec(source) === null ? -1 : ends.lastIndex
}

/**
 * Estimates what it costs to compile or render a template, from 1 to 5, by kida's formula: 1, and 0.5 for every 5000
 * characters beyond 5000, 0.1 for each block beyond three, 0.2 for each macro, 0.5 when it extends another one, 0.15 for
 * each include; at most 5.
 *
 * **Example** (A template that extends another one)
 *
 * ```ts
 * import { Weight } from "troupe"
 *
 * console.log(Weight.template('{%- extends "page.html" %}{% include "menu.html" %}')) // => 1.65
 * ```
 */
export const template = (source: string | TemplateCounts): number => {
  const counts = typeof source === "string" ? count(source) : source
  const weight =
    1 +
    Math.max(0, counts.size - 5000) / 10_000 +
    Math.max(0, counts.blocks - 3) * 0.1 +
    counts.macros * 0.2 +
    (counts.extends > 0 ? 0.5 : 0) +
    counts.includes * 0.15
  return Math.min(5, weight)
}
