/**
 * Frames that the other side has not read yet.
 *
 * What was posted can still be unreadable: nested deeper than the stack of the other thread, or more than there is
 * memory for. The other side then knows no more than the number of the frame. So the sender keeps what may be unreadable
 * until it is known to be read; it sends the messages of a frame that was not read again, one by one, and what cannot be
 * read alone has failed.
 */
export class Sent {
  /** Number of the newest frame. */
  count = 0
  private read = 0
  private readonly kept = new Map<number, ReadonlyArray<unknown>>()

  /** Writes the header of the next frame; `read` is the number of the last frame of the other side. */
  head(frame: Array<unknown>, read: number): void {
    frame[1] = this.count + 1
    // Bun clones a frame by the fast way only if it holds no doubles, and a number that was received may be one
    if (read < 2 ** 31) frame[2] = read | 0
    else frame[2] = read
  }

  /** A frame was posted; `kept` is what is handed out if it was not read, which primitive values hardly ever are. */
  add(kept: ReadonlyArray<unknown> | undefined): void {
    this.count++
    if (kept !== undefined) this.kept.set(this.count, kept)
  }

  /** The other side has read all frames up to the number `read`. */
  forget(read: number): void {
    this.read = Math.max(this.read, Math.min(read, this.count))
    if (this.kept.size === 0) return
    for (const number of this.kept.keys()) {
      if (number > this.read) return
      this.kept.delete(number)
    }
  }

  /** Can the frame be one that was not read? */
  isUnread(number: unknown): number is number {
    return typeof number === "number" && number > this.read && number <= this.count
  }

  /** Hands out a frame that was kept, once. */
  take(number: number): ReadonlyArray<unknown> | undefined {
    const frame = this.kept.get(number)
    this.kept.delete(number)
    return frame
  }
}

/** What is said of a value that was posted and could not be read, because of `why`. */
export const unreadable = (why: string): string =>
  `a value too deeply nested, or too large, for the other thread (${why})`
