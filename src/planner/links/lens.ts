import type { TableRef } from '../catalog.ts'

/** A column at one end of a lens. Its physical name changes at contract; its logical name is what the shape calls it. */
export interface LensColumn {
  /** The name in its own shape: what `up` and `down` call it. */
  readonly name: string
  /** The name in the table until contract. */
  readonly expanded: string
  /** The name in the table from contract to purge. */
  readonly contracted: string
  readonly type: string
  readonly collation: string | null
  /** Its type says a character set or collation itself, which is not told apart from others (MySQL, MariaDB). */
  readonly ownCharset?: true
  readonly nullable: boolean
  /** The default by which an INSERT that leaves the column out is known; null without one, or where it is volatile. */
  readonly default: string | null
  /** The default gives a new value each time, so "left out" cannot be told from "given". */
  readonly unseen: boolean
  /** See {@link ReadColumn.implicit}: of an old column until contract, of a new one from then on. */
  readonly implicit?: string
}

/** A column outside the lens that a scalar reads. */
export interface ReadColumn {
  readonly name: string
  readonly type: string
  readonly collation?: string | null
  /**
   * What the server stores in place of a NULL, as SQL, in sessions that let it: our trigger comes before that and sees the NULL
   * (MySQL, MariaDB). Of a NOT NULL column only.
   */
  readonly implicit?: string
}

/** A scalar of the dialect over the columns of one row, with what has to be on the search path for it. */
export interface Scalar {
  readonly text: string
  /** What the column gets where the scalar raises: a scalar too; null for NULL. */
  readonly onError: string | null
  /** The columns it reads, by their logical names. */
  readonly reads: readonly string[]
  /** It can raise for some value: it is then evaluated where an error can be caught. */
  readonly canRaise: boolean
  /** Schemas of the functions, types and operators it names, after pg_catalog. */
  readonly schemas: readonly string[]
}

interface LensBase {
  /** 8 hex digits, unique in the database; also part of the names of the objects made for it. */
  readonly id: string
  readonly migration: string
  readonly table: TableRef
  /** Columns of the key by which rows are walked and reported. */
  readonly key: readonly { readonly name: string; readonly type: string }[]
  /** The columns outside the lens that `up` and `down` read. */
  readonly untouched: readonly ReadColumn[]
  /** The user's own triggers would fire on the backfill's updates. */
  readonly userTriggers: boolean
  /** Columns that change by themselves with any UPDATE (ON UPDATE CURRENT_TIMESTAMP), and are kept as they are. */
  readonly kept?: readonly string[]
}

/**
 * Old and new in the same row (architecture.md: RowLens). From it come the trigger body, the batch update, the
 * verification query and the mismatch report, so they cannot disagree.
 */
export interface RowLens extends LensBase {
  readonly kind: 'row'
  readonly old: readonly LensColumn[]
  readonly new: readonly LensColumn[]
  /** One scalar for each new column, over the old shape. */
  readonly up: readonly Scalar[]
  /** One scalar for each old column, over the new shape. */
  readonly down: readonly Scalar[]
  /** New is old, unchanged: a rename. */
  readonly identity: boolean
  /** One name: nobody writes the new side before contract, nor the old side after it. */
  readonly sameName: boolean
}

/**
 * One-sided: a NULL in `column` becomes `value`. What addColumn (`up` for old rows), dropColumn (`down` for the rows of
 * the new version) and setNotNull (`up` for NULLs) need.
 */
export interface FillLens extends LensBase {
  readonly kind: 'fill'
  readonly column: LensColumn
  readonly value: Scalar
  /** `new`: only the new version knows the column. `old`: only the old one. `both`: both do (setNotNull). */
  readonly side: 'new' | 'old' | 'both'
}

/** The links that sync, backfill and verification are made from. */
export type Lens = RowLens | FillLens
