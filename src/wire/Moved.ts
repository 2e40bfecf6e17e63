/**
 * What a message hands over instead of cloning.
 *
 * A value is marked once, where it is made or passed on; whoever posts a message that holds it takes the mark and
 * builds the transfer list. Marks are kept under a registered symbol, so that two copies of this module in one program
 * agree.
 */
import type { Transferred } from "./Port.ts"

interface Marks {
  readonly transfers: WeakMap<object, ReadonlyArray<Transferred>>
  /** Marks not yet taken. While it is 0, which is nearly always, no message is searched. */
  pending: number
}

const key = Symbol.for("troupe/wire/Moved")

// the registry of a symbol of ours
const registry = globalThis as unknown as { [key]?: Marks }
const marks: Marks = (registry[key] ??= { transfers: new WeakMap(), pending: 0 })

const isShared = (buffer: ArrayBufferLike): boolean =>
  typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer

/**
 * What moving `value` hands over. A view hands over its buffer only when it covers it: a smaller view often lies in a
 * pool that others use (Node's and Bun's `Buffer`; Bun would detach the whole pool), so it is cloned.
 */
const transferOf = (value: object): ReadonlyArray<Transferred> => {
  if (ArrayBuffer.isView(value)) {
    return value.byteLength === value.buffer.byteLength && !isShared(value.buffer) ? [value.buffer] : []
  }
  if (typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer) return []
  return [value]
}

/** Marks `value` as handed over with the next message that holds it. */
export const mark = (value: object, transfer: ReadonlyArray<Transferred> = transferOf(value)): void => {
  if (transfer.length === 0) return
  if (!marks.transfers.has(value)) marks.pending++
  marks.transfers.set(value, transfer)
}

/** Is anything marked that no message has taken yet? */
export const anyMarked = (): boolean => marks.pending > 0

/** Levels below an argument that are searched for marked values. */
const maxDepth = 8

/** Takes the marks of all that `values` hold and returns the transfer list, or `undefined` when nothing is marked. */
export const take = (values: ReadonlyArray<unknown>): Array<Transferred> | undefined => {
  if (marks.pending === 0) return undefined
  const transfer = new Set<Transferred>()
  const seen = new Set<object>()
  const search = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return
    seen.add(value)
    const marked = marks.transfers.get(value)
    if (marked !== undefined) {
      marks.transfers.delete(value)
      marks.pending--
      for (const one of marked) transfer.add(one)
      return
    }
    if (depth === 0) return
    if (Array.isArray(value)) for (const one of value) search(one, depth - 1)
    else if (isPlain(value)) for (const one of Object.values(value)) search(one, depth - 1)
  }
  for (const value of values) search(value, maxDepth)
  return transfer.size === 0 ? undefined : [...transfer]
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
