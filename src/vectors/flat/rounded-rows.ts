import { roundedProducts } from '../kernel/dot-products.ts'

/** The largest byte of a row, and the largest number of a query. */
const MOST_CODE = 127
const MOST_QUERY = 32_767
const MOST_SUM = 2 ** 31 - 1

/** How far a product may be off by the arithmetic of floats alone, for each value and at all. */
const FLOAT_ERROR = 1e-8
const FLOAT_VALUES = 100
/** What is smaller has no inverse that is a number; it is rounded away as a whole. */
const LEAST_SCALE = 1e-30

/** A query as whole numbers, and what that has cost. */
export class RoundedQuery {
  readonly codes: Int16Array
  /** What one stands for. */
  readonly scale: number
  readonly length: number
  /** Of what rounding took away. */
  readonly error: number

  constructor(vector: Float32Array) {
    const most = Math.min(MOST_QUERY, Math.floor(MOST_SUM / (MOST_CODE * vector.length)))
    const largest = largestOf(vector, 0, vector.length)
    const scale = largest / most
    const codes = new Int16Array(vector.length)
    let squares = 0
    let errors = 0
    for (let i = 0; i < vector.length; i++) {
      const value = vector[i] ?? 0
      const code = scale > LEAST_SCALE ? Math.round(value / scale) : 0
      codes[i] = code
      squares += value * value
      errors += (value - code * scale) ** 2
    }
    this.codes = codes
    this.scale = scale
    this.length = Math.sqrt(squares)
    this.error = Math.sqrt(errors)
  }
}

/**
 * Rows of vectors, each value rounded to a byte: a quarter of the memory to look through. Of each
 * product it is known how far rounding can have moved it (by the Cauchy-Schwarz inequality), so a
 * search need compare only those rows with the vectors themselves that could be among the best.
 */
export class RoundedRows {
  readonly #dimension: number
  readonly #codes: Int8Array
  /** By row: what one stands for, the length of the rounded row, that of what rounding took away. */
  readonly #scales: Float64Array
  readonly #lengths: Float64Array
  readonly #errors: Float64Array
  /** The greatest there were of each, by which most rows are passed over. */
  readonly #most = { scale: 0, length: 0, error: 0 }
  #rows = 0

  /** @param most rows there can be */
  constructor(dimension: number, most: number) {
    this.#dimension = dimension
    this.#codes = new Int8Array(most * dimension)
    this.#scales = new Float64Array(most)
    this.#lengths = new Float64Array(most)
    this.#errors = new Float64Array(most)
  }

  /** How many there are. */
  get rows(): number {
    return this.#rows
  }

  get bytes(): number {
    return this.#codes.byteLength + this.#scales.length * 3 * 8
  }

  /** Multiplies a query with all rows there are. */
  compare(query: RoundedQuery): RoundedScores {
    const products = new Int32Array(this.#rows)
    roundedProducts(query.codes, this.#codes, this.#rows, products)
    const floats = FLOAT_ERROR * (this.#dimension + FLOAT_VALUES) * query.length
    return new RoundedScores({
      products,
      scale: query.scale,
      scales: this.#scales,
      errors: this.#errors,
      lengths: this.#lengths,
      ofError: query.length + floats,
      ofLength: query.error + floats,
      most: this.#most,
    })
  }

  /** Takes over the vector of a row, which begins at an offset; no row before it may be missing. */
  set(row: number, values: Float32Array, from = 0): void {
    this.#rows = Math.max(this.#rows, row + 1)
    const codes = this.#codes
    const to = from + this.#dimension
    const scale = largestOf(values, from, to) / MOST_CODE
    const inverse = scale > LEAST_SCALE ? 1 / scale : 0
    const start = row * this.#dimension - from
    let squares = 0
    let errors = 0
    for (let i = from; i < to; i++) {
      const value = values[i] ?? 0
      const code = Math.round(value * inverse)
      codes[start + i] = code
      const rounded = code * scale
      squares += rounded * rounded
      errors += (value - rounded) ** 2
    }
    const [length, error] = [Math.sqrt(squares), Math.sqrt(errors)]
    this.#scales[row] = scale
    this.#lengths[row] = length
    this.#errors[row] = error
    const most = this.#most
    most.scale = Math.max(most.scale, scale)
    most.length = Math.max(most.length, length)
    most.error = Math.max(most.error, error)
  }
}

interface ScoreParts {
  /** By row, of whole numbers. */
  readonly products: Int32Array
  /** What one stands for in the query, and by row. */
  readonly scale: number
  readonly scales: Float64Array
  readonly errors: Float64Array
  readonly lengths: Float64Array
  /** How much of a row's error, and of its length, its product may be off. */
  readonly ofError: number
  readonly ofLength: number
  readonly most: { readonly scale: number; readonly error: number; readonly length: number }
}

/** The products of one query with rounded rows. */
export class RoundedScores {
  readonly #parts: ScoreParts

  constructor(parts: ScoreParts) {
    this.#parts = parts
  }

  /**
   * Visits the rows whose product is as much as a threshold, give or take what rounding has done.
   *
   * @param threshold asked again after each visit
   */
  visitLikely(threshold: () => number, visit: (row: number, product: number) => void): void {
    const { products, scale, scales, most } = this.#parts
    const unit = scale * most.scale
    let wanted = threshold()
    let least = leastProduct(wanted, unit)
    for (let row = 0; row < products.length; row++) {
      const rounded = products[row] ?? 0
      if (rounded < least) continue
      const product = rounded * scale * (scales[row] ?? 0)
      if (product < wanted) continue
      visit(row, product)
      wanted = threshold()
      least = leastProduct(wanted, unit)
    }
  }

  /** Visits the rows whose product may be as much as this, with the greatest that it can be. */
  visitPossible(wanted: number, visit: (row: number, atMost: number) => void): void {
    const { products, scale, scales, errors, lengths, ofError, ofLength, most } = this.#parts
    const farthest = ofError * most.error + ofLength * most.length
    const least = leastProduct(wanted - farthest, scale * most.scale)
    for (let row = 0; row < products.length; row++) {
      const rounded = products[row] ?? 0
      if (rounded < least) continue
      const reach = ofError * (errors[row] ?? 0) + ofLength * (lengths[row] ?? 0)
      const atMost = rounded * scale * (scales[row] ?? 0) + reach
      if (atMost >= wanted) visit(row, atMost)
    }
  }
}

/** No whole number below this comes to so much, whatever one stands for up to a most. */
function leastProduct(wanted: number, most: number): number {
  return wanted > 0 && most > 0 ? (wanted / most) * (1 - FLOAT_ERROR) : -Infinity
}

function largestOf(values: Float32Array, from: number, to: number): number {
  let largest = 0
  for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0))
  return largest
}
