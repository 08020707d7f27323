/** Seven bits in a byte, the lowest first. */
const number = (value: number, inOneByte = 128) =>
  value < inOneByte ? [value] : [(value & 127) | 128, value >> 7]
const sized = (content: readonly number[]) => [...number(content.length), ...content]
const section = (id: number, ...content: number[]) => [id, ...sized(content)]
const name = (text: string) => sized([...Buffer.from(text)])

const I32 = 0x7f
const V128 = 0x7b
const VOID = 0x40
const BLOCK_END = 0x0b

/** A function of 32-bit numbers, with locals behind its parameters. */
export interface WasmFunction {
  readonly name: string
  readonly numbers: number
  readonly vectors: number
  readonly body: readonly number[]
}

/**
 * A module of functions that take `parameters` numbers and return nothing, with a memory of its own
 * that is exported as `memory`. Its format: https://webassembly.github.io/spec/core/binary/
 *
 * @param pages of memory, 64 KiB each
 */
export function wasmModule(
  parameters: number,
  pages: number,
  functions: readonly WasmFunction[],
): Uint8Array {
  const count = functions.length
  const bodies = functions.flatMap(({ numbers, vectors, body }) =>
    sized([2, numbers, I32, vectors, V128, ...body, BLOCK_END]),
  )
  const exported = functions.flatMap((made, at) => [...name(made.name), 0, at])
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, ...sized(new Array<number>(parameters).fill(I32)), 0),
    ...section(3, count, ...new Array<number>(count).fill(0)),
    ...section(5, 1, 1, pages, pages),
    ...section(7, count + 1, ...name('memory'), 2, 0, ...exported),
    ...section(10, count, ...bodies),
  ])
}

export const get = (local: number) => [0x20, local]
export const set = (local: number) => [0x21, local]
export const tee = (local: number) => [0x22, local]
/** Of a number with a sign, which takes one more bit. */
export const i32 = (value: number) => [0x41, ...number(value, 64)]
export const ADD = [0x6a]
export const SUBTRACT = [0x6b]
export const IS_LESS = [0x49]
export const AGAIN_IF = [0x0d, 0]
export const SHIFT_RIGHT = [0x76]
export const store = (offset: number) => [0x36, 2, offset]
export const storeF32 = (offset: number) => [0x38, 2, offset]
export const ADD_F32 = [0x92]
export const loop = (...body: readonly (readonly number[])[]) => [
  0x03,
  VOID,
  ...body.flat(),
  BLOCK_END,
]

/** 16 bytes. */
export const load = (offset: number) => [0xfd, 0x00, 0, offset]
/** Eight bytes, each with its sign, as eight numbers of 16 bits. */
export const loadBytes = (offset: number) => [0xfd, 0x01, 0, offset]
export const ZERO = [0xfd, 0x0c, ...new Array<number>(16).fill(0)]
export const LANE_F32 = (at: number) => [0xfd, 0x1f, at]
export const LANE_I32 = (at: number) => [0xfd, 0x1b, at]
export const ADD_4F32 = [0xfd, 0xe4, 0x01]
export const MULTIPLY_4F32 = [0xfd, 0xe6, 0x01]
export const ADD_4I32 = [0xfd, 0xae, 0x01]
/** Multiplies eight numbers of 16 bits, and adds up each two neighbours. */
export const DOT_8I16 = [0xfd, 0xba, 0x01]
