import {
  ADD,
  ADD_4F32,
  ADD_4I32,
  ADD_F32,
  AGAIN_IF,
  DOT_8I16,
  get,
  IS_LESS,
  i32,
  LANE_F32,
  LANE_I32,
  load,
  loadBytes,
  loop,
  MULTIPLY_4F32,
  SHIFT_RIGHT,
  SUBTRACT,
  set,
  store,
  storeF32,
  tee,
  type WasmFunction,
  wasmModule,
  ZERO,
} from './wasm-module.ts'

/** A part of the platform that has no types here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer }
      readonly multiply: Multiply
      readonly multiplyRounded: Multiply
    }
  }
}

/**
 * Multiplies a query with rows that follow one another; all places and the query's length in bytes.
 * The number of rows must be a multiple of {@link ROWS_TOGETHER}.
 */
type Multiply = (query: number, rows: number, count: number, length: number, out: number) => void

export interface VectorKernel {
  /** What it reads and writes. */
  readonly memory: ArrayBuffer
  /** Floats with floats, into floats. */
  readonly multiply: Multiply
  /** A query of 16-bit numbers with rows of bytes, into 32-bit numbers. */
  readonly multiplyRounded: Multiply
}

/** Vectors of another length are not for this kernel: it takes so many values in one step. */
export const KERNEL_STEP = 16
/** Each part of a query is read once for so many rows. */
export const ROWS_TOGETHER = 4
/** 1 MiB. */
const PAGES = 16

const [QUERY, ROWS, COUNT, LENGTH, OUT] = [0, 1, 2, 3, 4] as const
const PARAMETERS = 5
const [AT, END] = [5, 6] as const
/** Where the rows are at which a loop is: the first in the place of the parameter. */
const PLACES = [ROWS, 7, 8, 9] as const
const LAST_PLACE = 9
const NUMBERS = 5
const SUMS = [10, 11, 12, 13] as const
const FIRST_PART = 14

const increased = (local: number, bytes: number) => [
  ...get(local),
  ...i32(bytes),
  ...ADD,
  ...set(local),
]

interface Product {
  readonly name: string
  /** Vectors that one step takes of the query, and what it takes of a row for each. */
  readonly parts: number
  readonly rowPart: (part: number) => readonly number[]
  readonly multiply: readonly number[]
  readonly add: readonly number[]
  /** Bytes of a row for each byte of the query, as a power of one half. */
  readonly halvings: number
  readonly lane: (lane: number) => readonly number[]
  readonly addLanes: readonly number[]
  readonly store: (offset: number) => readonly number[]
}

function product(of: Product): WasmFunction {
  const parts = Array.from({ length: of.parts }, (_, part) => part)
  const queryBytes = 16 * of.parts
  const rowBytes = queryBytes >> of.halvings
  const step = [
    ...parts.map((part) => [...get(AT), ...load(16 * part), ...set(FIRST_PART + part)]),
    ...SUMS.flatMap((sum, row) =>
      parts.map((part) => [
        ...get(sum),
        ...get(FIRST_PART + part),
        ...at(PLACES[row] ?? ROWS, of.rowPart(part)),
        ...of.multiply,
        ...of.add,
        ...set(sum),
      ]),
    ),
    ...PLACES.map((place) => increased(place, rowBytes)),
    [...get(AT), ...i32(queryBytes), ...ADD, ...tee(AT), ...get(END), ...IS_LESS, ...AGAIN_IF],
  ]
  const rowLength = [...get(LENGTH), ...i32(of.halvings), ...SHIFT_RIGHT]
  const rows = [
    SUMS.flatMap((sum) => [...ZERO, ...set(sum)]),
    PLACES.slice(1).flatMap((place, before) => [
      ...get(PLACES[before] ?? ROWS),
      ...rowLength,
      ...ADD,
      ...set(place),
    ]),
    [...get(QUERY), ...tee(AT), ...get(LENGTH), ...ADD, ...set(END)],
    loop(...step),
    ...SUMS.map((sum, row) => [
      ...get(OUT),
      ...[0, 1, 2, 3].flatMap((lane) => [
        ...get(sum),
        ...of.lane(lane),
        ...(lane > 0 ? of.addLanes : []),
      ]),
      ...of.store(4 * row),
    ]),
    increased(OUT, 4 * ROWS_TOGETHER),
    // What the last row ended with is where the next rows begin.
    [...get(LAST_PLACE), ...set(ROWS)],
    [...get(COUNT), ...i32(ROWS_TOGETHER), ...SUBTRACT, ...tee(COUNT), ...AGAIN_IF],
  ]
  return { name: of.name, numbers: NUMBERS, vectors: SUMS.length + of.parts, body: loop(...rows) }
}

/** What is read where a local points to. */
const at = (local: number, read: readonly number[]) => [...get(local), ...read]

const multiply = product({
  name: 'multiply',
  parts: 4,
  rowPart: (part) => load(16 * part),
  multiply: MULTIPLY_4F32,
  add: ADD_4F32,
  halvings: 0,
  lane: LANE_F32,
  addLanes: ADD_F32,
  store: storeF32,
})

const multiplyRounded = product({
  name: 'multiplyRounded',
  parts: 2,
  rowPart: (part) => loadBytes(8 * part),
  multiply: DOT_8I16,
  add: ADD_4I32,
  halvings: 1,
  lane: LANE_I32,
  addLanes: ADD,
  store,
})

/** Null where the processor or the platform cannot do it. */
export function loadVectorKernel(): VectorKernel | null {
  try {
    const module = new WebAssembly.Module(
      wasmModule(PARAMETERS, PAGES, [multiply, multiplyRounded]),
    )
    const { memory, ...functions } = new WebAssembly.Instance(module).exports
    const { multiply: floats, multiplyRounded: bytes } = functions
    return { memory: memory.buffer, multiply: floats, multiplyRounded: bytes }
  } catch {
    return null
  }
}
