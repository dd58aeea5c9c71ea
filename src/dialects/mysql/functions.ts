import { type RawBuilder, sql } from 'kysely'
import type { Lens } from '../../planner/links/lens.ts'
import { type Direction, downward, upward } from '../shared/directions.ts'
import { parseScalar } from './expressions.ts'
import { bound, exactType, lensFunction, parameters } from './lens-sql.ts'
import { familyOf } from './types.ts'

/*
 * A scalar that can raise lives in a function: there an error can be caught, and the sql_mode, the character set and the exact type
 * are those that it was made with, whoever calls it. Trigger, backfill and verification call the same one.
 */

/** Strict mode makes errors of what does not fit; these stay warnings in an assignment, and would be a silent 0 or NULL. */
const warnings = [1264, 1292, 1365, 1366, 1411, 1441, 3156, 4036, 4037, 4038]

const conditions = `SQLEXCEPTION, ${warnings.join(', ')}`

/**
 * Assigns to `result`; `code` is the number of the error, or stays NULL. Some errors (1265) have the class of a warning, and a note
 * of a rounded value has the same number; after an error the variable is NULL, after a note it has its value.
 */
function attempt(text: string, type: string): string {
  return `BEGIN
    DECLARE noted ${code};
    DECLARE EXIT HANDLER FOR ${conditions} BEGIN
      GET DIAGNOSTICS CONDITION 1 code = MYSQL_ERRNO;
      SET result = NULL;
    END;
    DECLARE CONTINUE HANDLER FOR SQLWARNING GET DIAGNOSTICS CONDITION 1 noted = MYSQL_ERRNO;
    SET result = (${text});${validated(type)}
    IF result IS NULL THEN
      SET code = noted;
    END IF;
  END;`
}

/**
 * To MariaDB JSON is a text with a CHECK, which a variable does not have: the app's statement would fail on it. The server's own warning
 * is caught first. MySQL, where the variable's type does it already, reads this as a comment.
 */
const validated = (type: string): string =>
  familyOf(type) === 'json'
    ? "\n    /*M! IF JSON_VALID(result) = 0 THEN SIGNAL SQLSTATE '22032' SET MYSQL_ERRNO = 3140; END IF; */"
    : ''

const code = 'varchar(64) character set ascii'

/** The directions of a lens that have functions. */
export function inFunctions(lens: Lens): readonly Direction[] {
  return [...upward(lens), ...downward(lens)].filter(({ scalar }) => scalar.canRaise)
}

/** Makes the functions of a lens: the value of each scalar, and the number of the error that it raises. */
export function createFunctions(lens: Lens, stateSchema: string): readonly RawBuilder<unknown>[] {
  return inFunctions(lens).flatMap((direction) =>
    [false, true].flatMap((error) => [
      sql`drop function if exists ${sql.raw(lensFunction(lens, direction, stateSchema, error))}`,
      createFunction(lens, direction, stateSchema, error),
    ]),
  )
}

/** Takes them away. */
export function dropFunctions(lens: Lens, stateSchema: string): readonly RawBuilder<unknown>[] {
  return inFunctions(lens).flatMap((direction) =>
    [false, true].map(
      (error) => sql`drop function if exists ${sql.raw(lensFunction(lens, direction, stateSchema, error))}`,
    ),
  )
}

function createFunction(lens: Lens, direction: Direction, stateSchema: string, error: boolean): RawBuilder<unknown> {
  const { scalar, target } = direction
  const all = parameters(lens, direction)
  const place = (name: string): string => `a${all.findIndex((parameter) => parameter.name === name)}`
  const type = exactType(target)
  const scalarText = bound(scalar.text, scalar.reads, place)
  const head = all.map((parameter, index) => `a${index} ${parameter.type}`).join(', ')
  const instead =
    error || scalar.onError === null
      ? ''
      : `\n  IF code IS NOT NULL THEN\n  ${attempt(bound(scalar.onError, scalar.reads, place), type)}\n  END IF;`
  const body = `BEGIN
  DECLARE result ${type};
  DECLARE code ${code};
  ${attempt(scalarText, type)}${instead}
  RETURN ${error ? 'code' : 'result'};
END`
  // Without arguments, a function that is called deterministic is asked once for all rows.
  const same = parseScalar(scalar.text, direction.name, '', scalar.reads).volatile
    ? 'not deterministic'
    : 'deterministic'
  const returns = error ? code : type
  return sql`create function ${sql.raw(lensFunction(lens, direction, stateSchema, error))}(${sql.raw(head)}) returns ${sql.raw(returns)} ${sql.raw(same)} no sql ${sql.raw(body)}`
}
