/** A part of the platform that has no types here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer }
      readonly multiply: Multiply
    }
  }
}

/** Multiplies a query with rows that follow one another; all places are in bytes. */
type Multiply = (query: number, rows: number, count: number, length: number, out: number) => void

export interface VectorKernel {
  /** What it reads and writes. */
  readonly memory: ArrayBuffer
  readonly multiply: Multiply
}

/** Vectors of another length are not for this kernel: it takes so many values in one step. */
export const KERNEL_STEP = 16
/** 1 MiB, in the pages of WebAssembly. */
const PAGES = 16

const I32 = 0x7f
const V128 = 0x7b
const VOID = 0x40
const BLOCK_END = 0x0b

/** Seven bits in a byte, the lowest first. */
const number = (value: number, inOneByte = 128) =>
  value < inOneByte ? [value] : [(value & 127) | 128, value >> 7]
const sized = (content: readonly number[]) => [...number(content.length), ...content]
const section = (id: number, ...content: number[]) => [id, ...sized(content)]
const name = (text: string) => sized([...Buffer.from(text)])

const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const tee = (local: number) => [0x22, local]
/** Of a number with a sign, which takes one more bit. */
const i32 = (value: number) => [0x41, ...number(value, 64)]
const ADD = [0x6a]
const SUBTRACT = [0x6b]
const IS_LESS = [0x49]
const AGAIN_IF = [0x0d, 0]
const STORE_F32 = [0x38, 2, 0]
const ADD_F32 = [0x92]
const loop = (...body: number[][]) => [0x03, VOID, ...body.flat(), BLOCK_END]
const load4 = (offset: number) => [0xfd, 0x00, 0, offset]
const ZERO4 = [0xfd, 0x0c, ...new Array<number>(16).fill(0)]
const lane = (at: number) => [0xfd, 0x1f, at]
const ADD4 = [0xfd, 0xe4, 0x01]
const MULTIPLY4 = [0xfd, 0xe6, 0x01]

const [QUERY, ROW, COUNT, LENGTH, OUT, AT, END] = [0, 1, 2, 3, 4, 5, 6]
/** Four sums of four values each: one alone would wait for every addition to finish. */
const SUMS = [7, 8, 9, 10]
const STEP_BYTES = 4 * KERNEL_STEP

const step = [
  ...SUMS.map((sum, i) => [
    ...get(sum),
    ...get(AT),
    ...load4(16 * i),
    ...get(ROW),
    ...load4(16 * i),
    ...MULTIPLY4,
    ...ADD4,
    ...set(sum),
  ]),
  [...get(ROW), ...i32(STEP_BYTES), ...ADD, ...set(ROW)],
  [...get(AT), ...i32(STEP_BYTES), ...ADD, ...tee(AT), ...get(END), ...IS_LESS, ...AGAIN_IF],
]
const row = [
  SUMS.flatMap((sum) => [...ZERO4, ...set(sum)]),
  [...get(QUERY), ...tee(AT), ...get(LENGTH), ...ADD, ...set(END)],
  loop(...step),
  SUMS.flatMap((sum, i) => [...get(sum), ...(i > 0 ? ADD4 : [])]).concat(set(SUMS[0] ?? 0)),
  get(OUT),
  [0, 1, 2, 3].flatMap((at) => [...get(SUMS[0] ?? 0), ...lane(at), ...(at > 0 ? ADD_F32 : [])]),
  STORE_F32,
  [...get(OUT), ...i32(4), ...ADD, ...set(OUT)],
  [...get(COUNT), ...i32(1), ...SUBTRACT, ...tee(COUNT), ...AGAIN_IF],
]

const parameters = new Array<number>(5).fill(I32)
const locals = [2, 2, I32, SUMS.length, V128]
const MODULE = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, 1, 0x60, ...sized(parameters), 0),
  ...section(3, 1, 0),
  ...section(5, 1, 1, PAGES, PAGES),
  ...section(7, 2, ...name('memory'), 2, 0, ...name('multiply'), 0, 0),
  ...section(10, 1, ...sized([...locals, ...loop(...row), BLOCK_END])),
])

/** Null where the processor or the platform cannot do it. */
export function loadVectorKernel(): VectorKernel | null {
  try {
    const { memory, multiply } = new WebAssembly.Instance(new WebAssembly.Module(MODULE)).exports
    return { memory: memory.buffer, multiply }
  } catch {
    return null
  }
}
