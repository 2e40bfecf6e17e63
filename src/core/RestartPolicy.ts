/**
 * How often workers may die, and how fast they are replaced.
 *
 * The limit is that of Erlang's supervisors: more than `intensity` deaths within `period` and the actor is given up, so
 * that a worker which can only crash does not crash for ever. Between deaths the wait doubles, with jitter.
 */

export interface RestartPolicy {
  /** Deaths that are accepted within `period`; one more gives the actor up. */
  readonly intensity: number
  /** Milliseconds. */
  readonly period: number
  /** Milliseconds before the first replacement; doubled for each further death. */
  readonly minBackoff: number
  /** Milliseconds that no replacement waits longer than. */
  readonly maxBackoff: number
}

export const standard: RestartPolicy = { intensity: 3, period: 5000, minBackoff: 100, maxBackoff: 10_000 }

/** Counts the deaths of one actor's workers. Times are milliseconds of one clock. */
export class Deaths {
  private readonly policy: RestartPolicy
  private recent: Array<number> = []
  private streak = 0
  private last = Number.NEGATIVE_INFINITY

  constructor(policy: RestartPolicy) {
    this.policy = policy
  }

  /** Notes a death at `now`. `false` when it is one too many. */
  record(now: number): boolean {
    const { intensity, maxBackoff, period } = this.policy
    if (now - this.last >= Math.max(period, maxBackoff)) this.streak = 0
    this.last = now
    this.streak++
    this.recent = this.recent.filter((at) => now - at < period)
    this.recent.push(now)
    return this.recent.length <= intensity
  }

  /** Deaths within the period that ends with the last one. */
  get count(): number {
    return this.recent.length
  }

  /** Milliseconds to wait before the next start; `jitter` in [0, 1] spreads it over ±20 %. */
  backoff(jitter: number): number {
    const { maxBackoff, minBackoff } = this.policy
    return Math.min(minBackoff * 2 ** (this.streak - 1), maxBackoff) * (0.8 + 0.4 * jitter)
  }
}
