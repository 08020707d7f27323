import { roundedProducts } from './dot-products.ts'

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
  readonly #products: Int32Array
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
    this.#products = new Int32Array(most)
  }

  /** How many there are. */
  get rows(): number {
    return this.#rows
  }

  get bytes(): number {
    return this.#codes.byteLength + this.#scales.length * (3 * 8 + 4)
  }

  /**
   * Visits the rows whose product with the query may reach a threshold, with the least and the
   * greatest that this product can be.
   *
   * @param threshold asked again after each visit
   */
  visit(
    query: RoundedQuery,
    threshold: () => number,
    visit: (row: number, atLeast: number, atMost: number) => void,
  ): void {
    const [products, scales, lengths] = [this.#products, this.#scales, this.#lengths]
    const errors = this.#errors
    const rows = this.#rows
    roundedProducts(query.codes, this.#codes, rows, products)
    const floats = FLOAT_ERROR * (this.#dimension + FLOAT_VALUES) * query.length
    const ofError = query.length + floats
    const ofLength = query.error + floats
    const most = this.#most
    const farthest = ofError * most.error + ofLength * most.length
    const unit = query.scale * most.scale
    let wanted = threshold()
    let least = leastProduct(wanted - farthest, unit)
    for (let row = 0; row < rows; row++) {
      const rounded = products[row] ?? 0
      if (rounded < least) continue
      const product = rounded * query.scale * (scales[row] ?? 0)
      const reach = ofError * (errors[row] ?? 0) + ofLength * (lengths[row] ?? 0)
      if (product + reach < wanted) continue
      visit(row, product - reach, product + reach)
      wanted = threshold()
      least = leastProduct(wanted - farthest, unit)
    }
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

/** No whole number below this comes to so much, whatever one stands for up to a most. */
function leastProduct(wanted: number, most: number): number {
  return wanted > 0 && most > 0 ? (wanted / most) * (1 - FLOAT_ERROR) : -Infinity
}

function largestOf(values: Float32Array, from: number, to: number): number {
  let largest = 0
  for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0))
  return largest
}
