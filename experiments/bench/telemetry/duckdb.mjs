// The same question put to DuckDB: how often does each command line occur. Prints what it took as one JSON line.
// usage: node duckdb.mjs MODULES FILE; two threads, the result kept in a temporary table.
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { readFileSync } from "node:fs";

const [modules, file] = process.argv.slice(2);
const { DuckDBInstance, version } = createRequire(resolve(modules) + "/")("@duckdb/node-api");

const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const connection = await instance.connect();
const started = process.hrtime.bigint();
await connection.run(`CREATE TEMP TABLE line AS SELECT command_line, count(*) AS n
  FROM read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited', columns = {command_line: 'VARCHAR'})
  GROUP BY 1`);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const [[unique, records]] = (await connection.runAndReadAll("SELECT count(*), sum(n)::BIGINT FROM line")).getRows();
const status = readFileSync("/proc/self/status", "utf8");
const peak = 1024 * Number(/VmHWM:\s*(\d+)/.exec(status)[1]);
console.log(JSON.stringify({ seconds, records: Number(records), unique: Number(unique), peak_bytes: peak, version: version() }));
