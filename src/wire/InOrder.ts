/**
 * Puts the messages of one stream in order: those of a frame that had to be sent again come late.
 */
import { streamWindow } from "./Frame.ts"

/** Gives each message to `next` in its turn. Positions count from 0. */
export class InOrder<A> {
  private readonly next: (message: A) => void
  private expected = 0
  private early: Map<number, A> | undefined

  constructor(next: (message: A) => void) {
    this.next = next
  }

  /** The message at `position` has come. `false` when that cannot be. */
  take(position: unknown, message: A): boolean {
    if (position === this.expected) {
      this.expected++
      this.next(message)
      for (let at = this.expected; this.early?.has(at) === true; at = this.expected) {
        const late = this.early.get(at) as A // it was just found
        this.early.delete(at)
        this.expected++
        this.next(late)
      }
      return true
    }
    // a window of items, and the end
    const ahead = Number.isSafeInteger(position) ? (position as number) - this.expected : -1
    if (ahead < 0 || ahead > streamWindow) return false
    this.early ??= new Map()
    const at = position as number // it is a safe integer
    if (this.early.has(at)) return false
    this.early.set(at, message)
    return true
  }
}
