/** Encodings by the code pages that RTF names, as far as text can be decoded from them. */
const BY_CODE_PAGE: Readonly<Record<number, string>> = {
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  10000: 'macintosh',
  65001: 'utf-8',
}

const BY_CHARSET: Readonly<Record<number, number>> = {
  77: 10000,
  128: 932,
  129: 949,
  134: 936,
  136: 950,
  161: 1253,
  162: 1254,
  163: 1258,
  177: 1255,
  178: 1256,
  186: 1257,
  204: 1251,
  222: 874,
  238: 1250,
}

export function encodingOfCodePage(codePage: number): string {
  if (codePage >= 1250 && codePage <= 1258) return `windows-${codePage}`
  return BY_CODE_PAGE[codePage] ?? 'windows-1252'
}

/** Undefined for a charset that leaves the choice to the document. */
export function encodingOfCharset(charset: number): string | undefined {
  const codePage = BY_CHARSET[charset]
  return codePage === undefined ? undefined : encodingOfCodePage(codePage)
}
