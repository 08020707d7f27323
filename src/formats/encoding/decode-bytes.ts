/** What the bytes 0x80 to 0x9f are in windows-1252; five of them are nothing. */
const WINDOWS_SIGNS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'
const FIRST_SIGN = 0x80

/**
 * Bytes in an encoding that the Encoding Standard names. Node 20 takes windows-1252, and with it
 * Latin-1, for ISO-8859-1, which has none of the signs between 0x80 and 0x9f.
 *
 * @throws {TypeError} when they are not in this encoding and `fatal` is set
 * @throws {RangeError} when there is no such encoding
 */
export function decodeBytes(bytes: Uint8Array, encoding: string, fatal = true): string {
  const decoder = new TextDecoder(encoding, { fatal })
  return decoder.encoding === 'windows-1252' ? windowsText(bytes) : decoder.decode(bytes)
}

function windowsText(bytes: Uint8Array): string {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  return latin.replace(
    /[\u0080-\u009f]/g,
    (sign) => WINDOWS_SIGNS[sign.charCodeAt(0) - FIRST_SIGN] ?? sign,
  )
}
