import { type Mutation, testsOf } from './mutation.ts'

const names = testsOf('tests/engine/roles/name-forms.test.ts')
const labels = testsOf('tests/engine/documents/document-name-forms.test.ts')
const words = testsOf('tests/stores/sqlite/tables/folded-forms.test.ts')
const older = testsOf('tests/stores/sqlite/database/folded-migration.test.ts')
const files = testsOf('tests/engine/documents/file-name.test.ts')

export const NAME_PROTECTIONS: readonly Mutation[] = [
  {
    name: 'names: the name of a document is kept in the form in which it came',
    edits: [
      {
        file: 'src/engine/text/kept-name.ts',
        find: ".normalize('NFC')",
        replace: '',
      },
    ],
    tests: [
      labels('has one name, one id and one tag as %s'),
      labels('takes files of a folder under one name, in whatever form the folder has it'),
      labels('is found and deleted by any form of its names'),
    ],
  },
  {
    name: 'names: an entity has a name for each form of its letters',
    edits: [
      {
        file: 'src/engine/roles/normalize-field.ts',
        find: "field.normalize('NFC')",
        replace: 'field',
      },
    ],
    tests: [names('is one name: %s, %s')],
  },
  {
    name: 'names: a name by hand is kept as it was given',
    edits: [
      {
        file: 'src/engine/graph/item-name.ts',
        find: "const kept = entityName(name)\n  if (kept === '')",
        replace: "const kept = cleanText(name).replace(/\\s+/g, ' ')\n  if (kept === '')",
      },
    ],
    tests: [names('is one name: %s, %s'), names('that names nothing is refused')],
  },
  {
    name: 'names: an entity is asked for by the kept form of its name alone',
    edits: [
      {
        file: 'src/engine/graph/item-name.ts',
        find: "const forms = [name, kept, cleanText(name).replace(/\\s+/g, ' '), kept.normalize('NFD')]",
        replace: 'const forms = [name, cleanText(name)]',
      },
    ],
    tests: [names('is understood who asks %s')],
  },
  {
    name: 'names: what is not seen is left out everywhere',
    edits: [
      {
        file: 'src/engine/text/visible-text.ts',
        find: '!INVISIBLE_ANYWHERE.test(character) || isSeenIn(characters, at)',
        replace: '!INVISIBLE_ANYWHERE.test(character) || (at < 0 && isSeenIn(characters, at))',
      },
    ],
    tests: [names('keeps what is not seen where a script or a picture is written with it')],
  },
  {
    name: 'names: a title with dots is taken for a path',
    edits: [
      {
        file: 'src/engine/documents/file-name.ts',
        find: '|^\\.|[. ]$/',
        replace: '|^\\.|\\.\\.|[. ]$/',
      },
    ],
    tests: [files('takes %j for a title')],
  },
  {
    name: 'searches: case is folded by lower case alone',
    edits: [
      {
        file: 'src/engine/text/folded-case.ts',
        find: '.replace(LEFT, (letter) => FOLDED[letter] ?? letter)',
        replace: '.replace(LEFT, (letter) => (letter in FOLDED ? letter : letter))',
      },
    ],
    tests: [
      words('is found in texts by a question in any other: %s'),
      words('is found in names by a question in any other: %s'),
      words('is one key, one term, one stem and one place: %s'),
    ],
  },
  {
    name: 'searches: what is not seen splits words',
    edits: [
      {
        file: 'src/engine/text/visible-text.ts',
        find: "INVISIBLE_ANYWHERE.test(text) ? text.replace(INVISIBLE, '') : text",
        replace: "text === '' ? text.replace(INVISIBLE, '') : text",
      },
    ],
    tests: [
      words('is found in texts by a question in any other: %s'),
      words('is one key, one term, one stem and one place: %s'),
    ],
  },
  {
    name: 'searches: entries of an older workspace stay as they were',
    edits: [
      {
        file: 'src/stores/sqlite/tables/folded-forms.ts',
        find: 'return FOLDED_ANEW.test(text)',
        replace: "return text === '' && FOLDED_ANEW.test(text)",
      },
    ],
    tests: [
      older(
        'finds all its texts and names by any form of their words, and keeps them as they were',
      ),
      older('knows every letter that was indexed in another form'),
    ],
  },
  {
    name: 'searches: all entries of an older workspace are indexed anew',
    edits: [
      {
        file: 'src/stores/sqlite/tables/folded-forms.ts',
        find: 'AND folds_anew(',
        replace: 'AND length(',
      },
    ],
    tests: [older('indexes anew only what is folded in another way')],
  },
  {
    name: 'searches: a large workspace of an older version holds up others',
    edits: [
      {
        file: 'src/stores/sqlite/database/open-database.ts',
        find: 'bytesOf(database) <= SMALL_BYTES',
        replace: 'bytesOf(database) > SMALL_BYTES - SMALL_BYTES',
      },
    ],
    tests: [older('is brought up to date in a thread when it is large, while others are answered')],
  },
  {
    name: 'searches: names of documents of an older workspace stay as they were',
    edits: [
      {
        file: 'src/stores/sqlite/tables/folded-forms.ts',
        find: 'UPDATE documents SET file_path = kept_label(file_path)',
        replace: 'UPDATE documents SET file_path = file_path',
      },
    ],
    tests: [older('has the names of its documents in the form in which they are looked up')],
  },
]
