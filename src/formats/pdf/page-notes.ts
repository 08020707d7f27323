import type { PDFPageProxy } from 'pdfjs-dist/types/src/display/api.js'

/** Of one page; what is more is left out. */
const MOST_NOTES = 2000
/** Flags of what is not shown on the page. */
const HIDDEN = 2
const NO_VIEW = 32
/** Boxes that are not ticked. */
const OFF = /^(?:off)?$/i

type Fields = Readonly<Record<string, unknown>>

/** What stands upon a page: values of the fields of its form, text that was put there, and notes. */
export async function pageNotes(page: PDFPageProxy): Promise<string[]> {
  // What is damaged of them takes nothing from the text.
  const annotations: unknown[] = await page.getAnnotations().catch(() => [])
  const notes = new Set<string>()
  for (const annotation of annotations.slice(0, MOST_NOTES)) {
    const note = isFields(annotation) && isShown(annotation) ? noteOf(annotation) : ''
    if (note !== '') notes.add(note)
  }
  return [...notes]
}

function isShown({ annotationFlags }: Fields): boolean {
  return typeof annotationFlags !== 'number' || (annotationFlags & (HIDDEN | NO_VIEW)) === 0
}

function noteOf(annotation: Fields): string {
  if (annotation.subtype === 'Widget') return fieldOf(annotation)
  if (annotation.subtype === 'Link' || annotation.subtype === 'Popup') return ''
  const { contentsObj: contents } = annotation
  return isFields(contents) && typeof contents.str === 'string' ? contents.str.trim() : ''
}

/** The value of a field behind its name, as people see it where it is told. */
function fieldOf(field: Fields): string {
  const {
    fieldType,
    fieldName,
    alternativeText,
    fieldValue,
    pushButton,
    password: isHidden,
  } = field
  const values = (Array.isArray(fieldValue) ? fieldValue : [fieldValue]).filter(
    (value) => typeof value === 'string',
  )
  const value = values.join(', ').trim()
  if (fieldType === 'Sig' || pushButton === true || isHidden === true) return ''
  if (fieldType === 'Btn' && OFF.test(value)) return ''
  const names = [alternativeText, fieldName].filter((name) => typeof name === 'string')
  const name = names.find((one) => one.trim() !== '')?.trim() ?? ''
  if (value === '') return ''
  return name === '' ? value : `${name.replace(/:$/, '')}: ${value}`
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
