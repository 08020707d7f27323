import type { Extraction } from '../ports/models.ts'

/** A passage with the records that should come of it. */
export interface ExtractionExample {
  readonly passage: readonly string[]
  readonly records: Extraction
}

const ENGLISH: ExtractionExample = {
  passage: [
    '"The lighthouse at Cape Orrin went dark on 3 March. Keeper Ines Halvard relit it with a Tollan',
    'lamp, which burns rapeseed oil."',
  ],
  records: {
    entities: [
      {
        name: 'Cape Orrin Lighthouse',
        type: 'Artifact',
        description: 'The lighthouse at Cape Orrin went dark on 3 March and was relit afterwards.',
      },
      {
        name: 'Ines Halvard',
        type: 'Person',
        description: 'Ines Halvard is the keeper who relit the lighthouse at Cape Orrin.',
      },
      {
        name: 'Tollan Lamp',
        type: 'Artifact',
        description: 'The Tollan lamp is a lamp that burns rapeseed oil.',
      },
    ],
    relations: [
      {
        source: 'Cape Orrin Lighthouse',
        target: 'Ines Halvard',
        keywords: 'upkeep, restoration',
        description:
          'Ines Halvard, its keeper, relit the Cape Orrin Lighthouse after it went dark.',
        weight: 1,
      },
      {
        source: 'Ines Halvard',
        target: 'Tollan Lamp',
        keywords: 'tool use',
        description: 'Ines Halvard relit the lighthouse with a Tollan lamp.',
        weight: 1,
      },
    ],
  },
}

const GERMAN: ExtractionExample = {
  passage: [
    '"Der Leuchtturm von Kap Orrin erlosch am 3. März. Die Wärterin Ines Halvard zündete ihn mit einer',
    'Tollan-Lampe wieder an, die Rapsöl verbrennt."',
  ],
  records: {
    entities: [
      {
        name: 'Leuchtturm von Kap Orrin',
        type: 'Artifact',
        description:
          'Der Leuchtturm von Kap Orrin erlosch am 3. März und wurde danach wieder angezündet.',
      },
      {
        name: 'Ines Halvard',
        type: 'Person',
        description: 'Ines Halvard ist die Wärterin, die den Leuchtturm von Kap Orrin anzündete.',
      },
      {
        name: 'Tollan-Lampe',
        type: 'Artifact',
        description: 'Die Tollan-Lampe ist eine Lampe, die Rapsöl verbrennt.',
      },
    ],
    relations: [
      {
        source: 'Leuchtturm von Kap Orrin',
        target: 'Ines Halvard',
        keywords: 'Wartung, Instandsetzung',
        description:
          'Die Wärterin Ines Halvard zündete den Leuchtturm von Kap Orrin wieder an, als er erloschen war.',
        weight: 1,
      },
      {
        source: 'Ines Halvard',
        target: 'Tollan-Lampe',
        keywords: 'Gebrauch von Werkzeug',
        description: 'Ines Halvard zündete den Leuchtturm mit einer Tollan-Lampe an.',
        weight: 1,
      },
    ],
  },
}

const FRENCH: ExtractionExample = {
  passage: [
    "\"Le phare du cap Orrin s'est éteint le 3 mars. La gardienne Ines Halvard l'a rallumé avec une",
    'lampe Tollan, qui brûle de l\'huile de colza."',
  ],
  records: {
    entities: [
      {
        name: 'Phare du cap Orrin',
        type: 'Artifact',
        description: "Le phare du cap Orrin s'est éteint le 3 mars et a été rallumé ensuite.",
      },
      {
        name: 'Ines Halvard',
        type: 'Person',
        description: 'Ines Halvard est la gardienne qui a rallumé le phare du cap Orrin.',
      },
      {
        name: 'Lampe Tollan',
        type: 'Artifact',
        description: "La lampe Tollan est une lampe qui brûle de l'huile de colza.",
      },
    ],
    relations: [
      {
        source: 'Phare du cap Orrin',
        target: 'Ines Halvard',
        keywords: 'entretien, remise en service',
        description:
          "La gardienne Ines Halvard a rallumé le phare du cap Orrin qui s'était éteint.",
        weight: 1,
      },
      {
        source: 'Ines Halvard',
        target: 'Lampe Tollan',
        keywords: "usage d'un outil",
        description: 'Ines Halvard a rallumé le phare avec une lampe Tollan.',
        weight: 1,
      },
    ],
  },
}

const SPANISH: ExtractionExample = {
  passage: [
    '"El faro del cabo Orrin se apagó el 3 de marzo. La farera Ines Halvard volvió a encenderlo con una',
    'lámpara Tollan, que quema aceite de colza."',
  ],
  records: {
    entities: [
      {
        name: 'Faro del cabo Orrin',
        type: 'Artifact',
        description: 'El faro del cabo Orrin se apagó el 3 de marzo y después volvió a encenderse.',
      },
      {
        name: 'Ines Halvard',
        type: 'Person',
        description: 'Ines Halvard es la farera que volvió a encender el faro del cabo Orrin.',
      },
      {
        name: 'Lámpara Tollan',
        type: 'Artifact',
        description: 'La lámpara Tollan es una lámpara que quema aceite de colza.',
      },
    ],
    relations: [
      {
        source: 'Faro del cabo Orrin',
        target: 'Ines Halvard',
        keywords: 'mantenimiento, reparación',
        description:
          'La farera Ines Halvard volvió a encender el faro del cabo Orrin después de que se apagara.',
        weight: 1,
      },
      {
        source: 'Ines Halvard',
        target: 'Lámpara Tollan',
        keywords: 'uso de una herramienta',
        description: 'Ines Halvard encendió el faro con una lámpara Tollan.',
        weight: 1,
      },
    ],
  },
}

const CHINESE: ExtractionExample = {
  passage: [
    '“奥林角灯塔于3月3日熄灭。守塔人伊内丝·哈尔瓦德用一盏托兰灯重新点亮了它，这种灯燃烧菜籽油。”',
  ],
  records: {
    entities: [
      {
        name: '奥林角灯塔',
        type: 'Artifact',
        description: '奥林角灯塔于3月3日熄灭，后来被重新点亮。',
      },
      {
        name: '伊内丝·哈尔瓦德',
        type: 'Person',
        description: '伊内丝·哈尔瓦德是重新点亮奥林角灯塔的守塔人。',
      },
      { name: '托兰灯', type: 'Artifact', description: '托兰灯是一种燃烧菜籽油的灯。' },
    ],
    relations: [
      {
        source: '奥林角灯塔',
        target: '伊内丝·哈尔瓦德',
        keywords: '维护, 修复',
        description: '守塔人伊内丝·哈尔瓦德在奥林角灯塔熄灭后重新点亮了它。',
        weight: 1,
      },
      {
        source: '伊内丝·哈尔瓦德',
        target: '托兰灯',
        keywords: '使用工具',
        description: '伊内丝·哈尔瓦德用托兰灯点亮了灯塔。',
        weight: 1,
      },
    ],
  },
}

/** As installations write the name of a language, in English and in the language itself. */
const BY_LANGUAGE: readonly (readonly [RegExp, ExtractionExample])[] = [
  [/^(?:german|deutsch|de)\b/i, GERMAN],
  [/^(?:french|fran[cç]ais|fr)\b/i, FRENCH],
  [/^(?:spanish|espa[nñ]ol|es)\b/i, SPANISH],
  [/^(?:(?:simplified )?chinese\b|zh\b|中文|简体中文)/i, CHINESE],
]

/**
 * The example of an extraction in a language: small models write as the example does. English for a
 * language without one.
 */
export function exampleIn(language: string): ExtractionExample {
  const name = language.trim()
  return BY_LANGUAGE.find(([names]) => names.test(name))?.[1] ?? ENGLISH
}
