/**
 * A measured quantity: the median of its samples, and how far they spread.
 */

/** The median, and the extremes. */
export interface Figure {
  readonly median: number
  readonly min: number
  readonly max: number
}

const round = (value: number): number => Number(value.toPrecision(4))

/** Takes the median of at least one sample. */
export const figure = (samples: ReadonlyArray<number>): Figure => {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (index: number): number => {
    const value = sorted[index]
    if (value === undefined) throw new RangeError("Cannot take the median of nothing")
    return value
  }
  const middle = (at(Math.floor((sorted.length - 1) / 2)) + at(Math.ceil((sorted.length - 1) / 2))) / 2
  return { median: round(middle), min: round(at(0)), max: round(at(sorted.length - 1)) }
}
