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
  STORE,
  STORE_F32,
  SUBTRACT,
  set,
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

/** Multiplies a query with rows that follow one another; all places and the query's length in bytes. */
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
/** 1 MiB. */
const PAGES = 16

const [QUERY, ROWS, COUNT, LENGTH, OUT, AT, END] = [0, 1, 2, 3, 4, 5, 6] as const
const PARAMETERS = 5
const NUMBERS = 2
const FIRST_SUM = PARAMETERS + NUMBERS

const increased = (local: number, bytes: number) => [
  ...get(local),
  ...i32(bytes),
  ...ADD,
  ...set(local),
]

/** Where a value of the query begins, or of a row. */
const at = (local: number, read: readonly number[]) => [...get(local), ...read]

interface Product {
  readonly name: string
  /** How many sums of four are kept: one alone would wait for every addition to finish. */
  readonly sums: number
  /** The product of the part of a step that belongs to one sum. */
  readonly part: (sum: number) => readonly number[]
  readonly queryBytes: number
  readonly rowBytes: number
  readonly add: readonly number[]
  readonly lane: (lane: number) => readonly number[]
  readonly addLanes: readonly number[]
  readonly store: readonly number[]
}

function product(of: Product): WasmFunction {
  const sums = Array.from({ length: of.sums }, (_, i) => FIRST_SUM + i)
  const step = [
    ...sums.map((sum, i) => [...get(sum), ...of.part(i), ...of.add, ...set(sum)]),
    increased(ROWS, of.rowBytes),
    [...get(AT), ...i32(of.queryBytes), ...ADD, ...tee(AT), ...get(END), ...IS_LESS, ...AGAIN_IF],
  ]
  const row = [
    sums.flatMap((sum) => [...ZERO, ...set(sum)]),
    [...get(QUERY), ...tee(AT), ...get(LENGTH), ...ADD, ...set(END)],
    loop(...step),
    sums.flatMap((sum, i) => [...get(sum), ...(i > 0 ? of.add : [])]).concat(set(FIRST_SUM)),
    get(OUT),
    [0, 1, 2, 3].flatMap((lane) => [
      ...get(FIRST_SUM),
      ...of.lane(lane),
      ...(lane > 0 ? of.addLanes : []),
    ]),
    of.store,
    increased(OUT, 4),
    [...get(COUNT), ...i32(1), ...SUBTRACT, ...tee(COUNT), ...AGAIN_IF],
  ]
  return { name: of.name, numbers: NUMBERS, vectors: of.sums, body: loop(...row) }
}

const multiply = product({
  name: 'multiply',
  sums: 4,
  part: (i) => [...at(AT, load(16 * i)), ...at(ROWS, load(16 * i)), ...MULTIPLY_4F32],
  queryBytes: 4 * KERNEL_STEP,
  rowBytes: 4 * KERNEL_STEP,
  add: ADD_4F32,
  lane: LANE_F32,
  addLanes: ADD_F32,
  store: STORE_F32,
})

const multiplyRounded = product({
  name: 'multiplyRounded',
  sums: 2,
  part: (i) => [...at(AT, load(16 * i)), ...at(ROWS, loadBytes(8 * i)), ...DOT_8I16],
  queryBytes: 2 * KERNEL_STEP,
  rowBytes: KERNEL_STEP,
  add: ADD_4I32,
  lane: LANE_I32,
  addLanes: ADD,
  store: STORE,
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
