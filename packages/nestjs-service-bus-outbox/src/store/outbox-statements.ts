import { type TableNames } from '../schema/table-names.js';

/** The outbox' SQL, in what PostgreSQL 13 knows. */
export interface OutboxStatements {
  readonly addOne: string;
  readonly addOrdered: string;
  readonly lockKeys: string;
  addMany(count: number): string;
  readonly claim: string;
  readonly fetch: string;
  readonly settle: string;
  readonly renew: string;
  readonly deleteSent: string;
  readonly deleteIdleLanes: string;
  readonly statistics: string;
  readonly listRefused: string;
  readonly retryRefused: string;
  readonly deleteRefused: string;
}

const COLUMNS = 'lane, destination, ordering_key, message_id, content_type, body, properties';
const CASTS = ['int', 'text', 'text', 'text', 'text', 'bytea', 'json'];
const KEPT = 'destination, ordering_key, message_id, content_type, body, properties, created_at';
const SHOWN = 'destination, ordering_key, message_id, content_type, body, properties::text AS properties';

const valuesFrom = (first: number): string =>
  CASTS.map((type, index) => `$${first + index}::${type}`).join(', ');
const milliseconds = (interval: string): string => `(extract(epoch FROM ${interval}) * 1000)::float8`;
const later = (parameter: string): string => `now() + ${parameter}::float8 * interval '1 millisecond'`;
const earlier = (parameter: string): string => `now() - ${parameter}::float8 * interval '1 millisecond'`;

interface Variant {
  readonly keepsSent?: boolean;
  readonly notifies?: boolean;
}

/** Writes the statements for these tables. */
export function outboxStatements(
  names: TableNames,
  { keepsSent = false, notifies = true }: Variant,
): OutboxStatements {
  const { lanes, sent } = names;
  const notify = notifies ? wake(names) : undefined;
  return {
    ...adding(names, notify),
    ...setAside(names, notify),
    claim: claim(names),
    fetch: fetch(names),
    settle: settle(names, keepsSent),
    renew: `UPDATE ${lanes} SET leased_until = ${later('$3')}
WHERE owner = $1::uuid AND lane = ANY ($2::int[]) RETURNING lane`,
    deleteSent: `DELETE FROM ${sent} WHERE ctid = ANY (ARRAY (
  SELECT ctid FROM ${sent} WHERE sent_at < ${earlier('$1')} LIMIT $2::int
  FOR UPDATE SKIP LOCKED))`,
    deleteIdleLanes: deleteIdleLanes(names),
    statistics: statistics(names),
  };
}

type Adding = Pick<OutboxStatements, 'addOne' | 'addOrdered' | 'lockKeys' | 'addMany'>;

function adding({ outbox }: TableNames, notify: string | undefined): Adding {
  // A row that tells nothing would be made, sent and read by each transaction.
  const announce = notify === undefined ? '' : ` RETURNING ${notify}`;
  return {
    addOne: `INSERT INTO ${outbox} (${COLUMNS}) VALUES (${valuesFrom(1)})${announce}`,
    // [PostgreSQL: ExecProject] A row's values are computed in the order of the table's columns, so the lock is held before
    // the id is drawn, and the ids of a key are in the order of the commits. A lock's text is empty. A subquery that locks
    // would say so more plainly, and costs a fifth of the statement.
    addOrdered: `INSERT INTO ${outbox} (${COLUMNS})
VALUES (length(pg_advisory_xact_lock($8::bigint)::text) + ${valuesFrom(1)})${announce}`,
    lockKeys: `SELECT count(pg_advisory_xact_lock(key)) FROM unnest($1::bigint[]) AS key`,
    addMany: (count) => {
      const values = Array.from({ length: count }, (_, index) => `(${valuesFrom(1 + index * CASTS.length)})`);
      const insert = `INSERT INTO ${outbox} (${COLUMNS}) VALUES ${values.join(', ')}`;
      if (notify === undefined) return insert;
      return `WITH added AS (${insert} RETURNING 1)
SELECT ${notify} FROM (SELECT count(*) FROM added) AS counted`;
    },
  };
}

/**
 * A NOTIFY makes commits wait for each other: none where a deliverer looks soon anyway. The sequence tells of that, for its
 * last value is seen by every transaction at once, whatever that one's snapshot is.
 */
function wake({ watch, channel }: TableNames): string {
  return `CASE WHEN (SELECT last_value FROM ${watch}) < ${milliseconds('clock_timestamp()')}
    THEN pg_notify(${channel.literal}, '')::text END`;
}

/**
 * Steps from lane to lane by the index: what it costs depends on the number of lanes, not on that of the messages.
 *
 * Its commit does not wait for the disk: a lease that a crash of the database takes back does no harm that a second delivery
 * of the same messages, in the same order, would not do.
 */
function claim({ outbox, lanes, watch }: TableNames): string {
  return `WITH RECURSIVE waiting (lane) AS (
  (SELECT lane FROM ${outbox} ORDER BY lane, id LIMIT 1)
  UNION ALL
  SELECT (SELECT o.lane FROM ${outbox} o WHERE o.lane > w.lane ORDER BY o.lane, o.id LIMIT 1)
  FROM waiting w WHERE w.lane IS NOT NULL
), free AS (
  SELECT l.lane FROM ${lanes} l JOIN waiting w ON w.lane = l.lane
  WHERE CASE WHEN l.owner = $1::uuid THEN l.lane <> ALL ($4::int[]) ELSE l.leased_until < now() END
    AND l.not_before < now()
  ORDER BY l.leased_until LIMIT $3::int
  FOR NO KEY UPDATE OF l SKIP LOCKED
), claimed AS (
  UPDATE ${lanes} l SET owner = $1::uuid, leased_until = ${later('$2')}
  FROM free WHERE l.lane = free.lane
  RETURNING l.lane, l.failures
), made AS (
  INSERT INTO ${lanes} (lane, owner, leased_until)
  SELECT w.lane, $1::uuid, ${later('$2')} FROM waiting w
  WHERE w.lane IS NOT NULL AND NOT EXISTS (SELECT FROM ${lanes} l WHERE l.lane = w.lane)
  LIMIT $3::int - (SELECT count(*) FROM claimed)
  ON CONFLICT DO NOTHING
  RETURNING lane, failures
)
SELECT lane, failures, set_config('synchronous_commit', 'off', true), (SELECT CASE WHEN $5::float8 > 0 THEN
  setval(${regclass(watch)}, (${milliseconds('clock_timestamp()')} + $5::float8)::bigint) END) AS looks_until
FROM (SELECT * FROM claimed UNION ALL SELECT * FROM made) AS held`;
}

/** Never in one statement with the claim: it would see what was there before the lane's last owner had deleted it. */
function fetch({ outbox }: TableNames): string {
  return `SELECT o.lane, o.id::text AS id, ${SHOWN},
  ${milliseconds('clock_timestamp() - created_at')} AS age_ms, ${milliseconds('created_at')} AS created_at_ms
FROM unnest($1::int[]) AS l (lane) CROSS JOIN LATERAL (
  SELECT f.*, sum(octet_length(f.body)) OVER (ORDER BY f.id) - octet_length(f.body) AS bytes_before
  FROM (SELECT * FROM ${outbox} WHERE lane = l.lane ORDER BY id LIMIT $2::int) f
) o
WHERE o.bytes_before < $3::float8
ORDER BY o.lane, o.id`;
}

/**
 * A row that nobody holds, and whose last delivery did not fail, says the same as none: the next claim makes it again. One
 * that is being claimed is skipped, and who claims skips one that is being deleted.
 */
function deleteIdleLanes({ lanes }: TableNames): string {
  return `DELETE FROM ${lanes} WHERE lane = ANY (ARRAY (
  SELECT lane FROM ${lanes}
  WHERE owner IS NULL AND failures = 0 AND not_before < now() AND leased_until < ${earlier('$1')} LIMIT $2::int
  FOR UPDATE SKIP LOCKED))`;
}

function statistics({ outbox, refused }: TableNames): string {
  return `WITH RECURSIVE first (lane, created_at) AS (
  (SELECT lane, created_at FROM ${outbox} ORDER BY lane, id LIMIT 1)
  UNION ALL
  SELECT n.lane, n.created_at FROM first f CROSS JOIN LATERAL (
    SELECT o.lane, o.created_at FROM ${outbox} o WHERE o.lane > f.lane ORDER BY o.lane, o.id LIMIT 1) n
)
SELECT (SELECT count(*) FROM (SELECT FROM ${outbox} LIMIT $1::int + 1) AS counted)::float8 AS counted,
  (SELECT reltuples FROM pg_class WHERE oid = ${regclass(outbox)})::float8 AS estimated,
  (SELECT ${milliseconds('clock_timestamp() - min(created_at)')} FROM first) AS oldest_age_ms,
  (SELECT count(*) FROM (SELECT FROM ${refused} LIMIT $1::int) AS counted)::float8 AS refused`;
}

type SetAside = Pick<OutboxStatements, 'listRefused' | 'retryRefused' | 'deleteRefused'>;

function setAside({ outbox, refused }: TableNames, notify = 'NULL'): SetAside {
  return {
    listRefused: `SELECT id::text AS id, ${SHOWN}, reason, description,
  ${milliseconds('created_at')} AS created_at_ms, ${milliseconds('refused_at')} AS refused_at_ms
FROM ${refused} WHERE $1::bigint IS NULL OR id < $1::bigint ORDER BY id DESC LIMIT $2::int`,
    retryRefused: `WITH gone AS (DELETE FROM ${refused} WHERE id = ANY ($1::bigint[]) RETURNING *),
added AS (
  INSERT INTO ${outbox} (lane, ${KEPT})
  SELECT lane, ${KEPT} FROM gone ORDER BY id RETURNING id
)
SELECT ${notify} FROM added`,
    deleteRefused: `DELETE FROM ${refused} WHERE id = ANY ($1::bigint[])`,
  };
}

function settle({ outbox, lanes, sent, refused }: TableNames, keepsSent: boolean): string {
  const keep = keepsSent
    ? `, archived AS (INSERT INTO ${sent} (id, ${KEPT}) SELECT id, ${KEPT} FROM gone)`
    : '';
  return `WITH gone AS (
  DELETE FROM ${outbox} o USING unnest($2::int[], $3::bigint[]) AS s (lane, id)
  WHERE o.lane = s.lane AND o.id = s.id${keepsSent ? ' RETURNING o.*' : ''}
)${keep}, aside AS (
  DELETE FROM ${outbox} o USING json_to_recordset($4::json) AS r (lane int, id bigint, reason text, description text)
  WHERE o.lane = r.lane AND o.id = r.id
  RETURNING o.*, r.reason, r.description
), kept AS (
  INSERT INTO ${refused} (lane, ${KEPT}, reason, description)
  SELECT lane, ${KEPT}, reason, description FROM aside ORDER BY id
), later AS (
  UPDATE ${lanes} l SET leased_until = '-infinity', owner = NULL, failures = l.failures + 1,
    not_before = ${later('p.delay_ms')}
  FROM json_to_recordset($6::json) AS p (lane int, delay_ms float8)
  WHERE l.lane = p.lane AND l.owner = $1::uuid
)
UPDATE ${lanes} SET leased_until = now(), owner = NULL, failures = 0, not_before = '-infinity'
WHERE owner = $1::uuid AND lane = ANY ($5::int[])`;
}

function regclass(quotedName: string): string {
  return `'${quotedName.replaceAll("'", "''")}'::regclass`;
}
