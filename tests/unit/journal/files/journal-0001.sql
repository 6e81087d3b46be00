-- A journal of revision 0001 as that program wrote it: 3 rows sent, 1 accepted, 1 rejected.
BEGIN TRANSACTION;
CREATE TABLE accounts (
	environment VARCHAR(16) NOT NULL,
	account VARCHAR(32) NOT NULL,
	participant VARCHAR(16) NOT NULL,
	blocked_since VARCHAR(27),
	blocked_why TEXT NOT NULL,
	first_indicator INTEGER,
	last_indicator INTEGER,
	CONSTRAINT pk_accounts PRIMARY KEY (environment, account)
);
CREATE TABLE acknowledgements (
	ack_no INTEGER NOT NULL,
	acknowledgement VARCHAR(64) NOT NULL,
	participant VARCHAR(16) NOT NULL,
	account VARCHAR(32) NOT NULL,
	environment VARCHAR(16) NOT NULL,
	name TEXT NOT NULL,
	folder TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	stage VARCHAR(16),
	digest VARCHAR(64) NOT NULL,
	size BIGINT NOT NULL,
	collected_at VARCHAR(27) NOT NULL,
	state VARCHAR(16) NOT NULL,
	match_key TEXT NOT NULL,
	duplicate_of VARCHAR(64),
	note TEXT NOT NULL,
	CONSTRAINT pk_acknowledgements PRIMARY KEY (ack_no),
	CONSTRAINT uq_acknowledgements_acknowledgement UNIQUE (acknowledgement),
	CONSTRAINT uq_acknowledgements_environment_account_digest_folder_name UNIQUE (environment, account, digest, folder, name)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE answers (
	ack_no INTEGER NOT NULL,
	batch_no INTEGER NOT NULL,
	event INTEGER NOT NULL,
	CONSTRAINT pk_answers PRIMARY KEY (ack_no, batch_no),
	CONSTRAINT fk_answers_ack_no FOREIGN KEY(ack_no) REFERENCES acknowledgements (ack_no),
	CONSTRAINT fk_answers_batch_no FOREIGN KEY(batch_no) REFERENCES batches (batch_no)
);
CREATE TABLE batches (
	batch_no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	batch VARCHAR(64) NOT NULL,
	participant VARCHAR(16) NOT NULL,
	account VARCHAR(32) NOT NULL,
	environment VARCHAR(16) NOT NULL,
	type VARCHAR(32) NOT NULL,
	spec_version INTEGER NOT NULL,
	spec_digest VARCHAR(64) NOT NULL,
	file_name TEXT NOT NULL,
	folder TEXT NOT NULL,
	digest VARCHAR(64) NOT NULL,
	size BIGINT NOT NULL,
	file_reference TEXT NOT NULL,
	indicator INTEGER NOT NULL,
	transmission_date VARCHAR(10) NOT NULL,
	totals TEXT NOT NULL,
	part INTEGER NOT NULL,
	parts INTEGER NOT NULL,
	replaces VARCHAR(64),
	possible_duplicate TEXT NOT NULL,
	instructions INTEGER NOT NULL,
	accepted INTEGER DEFAULT '0' NOT NULL,
	rejected INTEGER DEFAULT '0' NOT NULL,
	contradictions INTEGER DEFAULT '0' NOT NULL,
	state VARCHAR(16) NOT NULL,
	intake_no INTEGER,
	maker TEXT NOT NULL,
	checker TEXT DEFAULT '' NOT NULL,
	endpoint TEXT DEFAULT '' NOT NULL,
	attempts INTEGER DEFAULT '0' NOT NULL,
	created_at VARCHAR(27) NOT NULL,
	changed_at VARCHAR(27) NOT NULL,
	sent_at VARCHAR(27),
	prepared_event INTEGER,
	CONSTRAINT fk_batches_intake_no FOREIGN KEY(intake_no) REFERENCES intakes (intake_no),
	CONSTRAINT uq_batches_batch UNIQUE (batch),
	CONSTRAINT uq_batches_participant_file_name UNIQUE (participant, file_name),
	CONSTRAINT uq_batches_participant_transmission_date_indicator UNIQUE (participant, transmission_date, indicator)
);
INSERT INTO "batches" VALUES(1,'B01234-ATI-20270105-0001','B01234','RAPB01234','simulator','ati',1,'3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b','ATI_B01234_20270105_0001.TXT','/upload/ATI','83bf7fcd913e81d35f0d0e94ed1ec0611e8e3b4909c23b00ef9f076f205e67c6',6,'',1,'2027-01-05','{"count":"3","quantity":"123456789012345678901"}',1,1,NULL,'',3,1,1,0,'received',1,'chan','lee','127.0.0.1:22',1,'2027-01-05T01:02:07.000000Z','2027-01-05T01:02:11.000000Z','2027-01-05T01:02:10.000000Z',4);
CREATE TABLE blob_parts (
	digest VARCHAR(64) NOT NULL,
	part INTEGER NOT NULL,
	content BLOB NOT NULL,
	CONSTRAINT pk_blob_parts PRIMARY KEY (digest, part)
);
INSERT INTO "blob_parts" VALUES('83bf7fcd913e81d35f0d0e94ed1ec0611e8e3b4909c23b00ef9f076f205e67c6',0,X'66696C652031');
CREATE TABLE blobs (
	digest VARCHAR(64) NOT NULL,
	kind VARCHAR(32) NOT NULL,
	size BIGINT NOT NULL,
	parts INTEGER NOT NULL,
	form VARCHAR(32) DEFAULT 'plain' NOT NULL,
	"key" VARCHAR(64),
	erased_at VARCHAR(27),
	stored_at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_blobs PRIMARY KEY (digest)
);
INSERT INTO "blobs" VALUES('83bf7fcd913e81d35f0d0e94ed1ec0611e8e3b4909c23b00ef9f076f205e67c6','batch-file',6,1,'plain',NULL,NULL,'2027-01-05T01:02:06.000000Z');
CREATE TABLE events (
	seq INTEGER NOT NULL,
	at VARCHAR(27) NOT NULL,
	who TEXT NOT NULL,
	action VARCHAR(64) NOT NULL,
	kind VARCHAR(16) NOT NULL,
	subject TEXT NOT NULL,
	"before" VARCHAR(16) NOT NULL,
	"after" VARCHAR(16) NOT NULL,
	why TEXT NOT NULL,
	text TEXT NOT NULL,
	hash VARCHAR(64) NOT NULL,
	CONSTRAINT pk_events PRIMARY KEY (seq)
);
INSERT INTO "events" VALUES(1,'2027-01-05T01:02:04.000000Z','','founded','journal','journal','','','','{"action":"founded","at":"2027-01-05T01:02:04.000000Z","body":{"before":null,"fingerprint-key":"6c86c6aac5fb24bcf5d9939cb7d7d5645ce39418f449e03b262dd4fa14b4b92b","format":"1","revision":"0001"},"format":"1","from":"","kind":"journal","prev":"0000000000000000000000000000000000000000000000000000000000000000","seq":"1","subject":"journal","to":"","who":"","why":""}','a14d2ba027f328cc59fcfbf9af0e3dabec5626ec603dead9c54d0d96741c3731');
INSERT INTO "events" VALUES(2,'2027-01-05T01:02:05.000000Z','chan','reserved','indicators','B01234/2027-01-05/1','','','','{"action":"reserved","at":"2027-01-05T01:02:05.000000Z","body":{"set":{"last":"1"}},"format":"1","from":"","kind":"indicators","prev":"a14d2ba027f328cc59fcfbf9af0e3dabec5626ec603dead9c54d0d96741c3731","seq":"2","subject":"B01234/2027-01-05/1","to":"","who":"chan","why":""}','7f9baf77f5af6a8a8beb564aa8787757b4bf6acccd5384803160c6167342cbd0');
INSERT INTO "events" VALUES(3,'2027-01-05T01:02:07.000000Z','chan','taken-in','intake','B01234-4943e8f40e89-1','','','','{"action":"taken-in","at":"2027-01-05T01:02:07.000000Z","body":{"set":{"at":"2027-01-05T01:02:07.000000Z","clean_rows_digest":"","control_totals":{},"environment":"simulator","ignored":"0","maker":"chan","participant":"B01234","rejected":"0","sheet":"c4430da686c7d65e79e652c764029a58b2de4a45753c916f1951849651e379f4","source_digest":"4943e8f40e898cf65a89387defce6ac48c7f3701870945d3d33757aee614ea2b","source_file":"0d815e028f44d3cdc04ffaeed579d9e08ed060c950d75163086a0545c7fc6e43","source_rows":"3","totals":{},"used":"3","warnings_digest":""}},"format":"1","from":"","kind":"intake","prev":"7f9baf77f5af6a8a8beb564aa8787757b4bf6acccd5384803160c6167342cbd0","seq":"3","subject":"B01234-4943e8f40e89-1","to":"","who":"chan","why":""}','f83c27040561d7c5b39d43b1a79971db4c9d7ad41c888f901dacc8620d372955');
INSERT INTO "events" VALUES(4,'2027-01-05T01:02:07.000000Z','chan','prepared','batch','B01234-ATI-20270105-0001','','prepared','','{"action":"prepared","at":"2027-01-05T01:02:07.000000Z","body":{"rows":{"count":"3","digests":["df04b272136428157797f9cd8e57ce22d2e53e6c6d7f67a2d5ce6ef29c86dfaa"]},"set":{"accepted":"0","account":"RAPB01234","attempts":"0","changed_at":"2027-01-05T01:02:07.000000Z","checker":"","contradictions":"0","created_at":"2027-01-05T01:02:07.000000Z","digest":"83bf7fcd913e81d35f0d0e94ed1ec0611e8e3b4909c23b00ef9f076f205e67c6","endpoint":"","environment":"simulator","file_name":"ATI_B01234_20270105_0001.TXT","file_reference":"","folder":"/upload/ATI","indicator":"1","instructions":"3","intake":"B01234-4943e8f40e89-1","maker":"chan","part":"1","participant":"B01234","parts":"1","possible_duplicate":"","rejected":"0","replaces":null,"sent_at":null,"size":"6","spec_digest":"3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b","spec_version":"1","totals":{"count":"3","quantity":"123456789012345678901"},"transmission_date":"2027-01-05","type":"ati"}},"format":"1","from":"","kind":"batch","prev":"f83c27040561d7c5b39d43b1a79971db4c9d7ad41c888f901dacc8620d372955","seq":"4","subject":"B01234-ATI-20270105-0001","to":"prepared","who":"chan","why":""}','b1c347fc284e25e08c8ed15edbfa6c3b595e3573883316662dfc9b70e0e61e16');
INSERT INTO "events" VALUES(5,'2027-01-05T01:02:08.000000Z','lee','approved','batch','B01234-ATI-20270105-0001','prepared','approved','test','{"action":"approved","at":"2027-01-05T01:02:08.000000Z","body":{"set":{"changed_at":"2027-01-05T01:02:08.000000Z","checker":"lee"}},"format":"1","from":"prepared","kind":"batch","prev":"b1c347fc284e25e08c8ed15edbfa6c3b595e3573883316662dfc9b70e0e61e16","seq":"5","subject":"B01234-ATI-20270105-0001","to":"approved","who":"lee","why":"test"}','a7accb5c64286cb6cc338af3b9484078edf89ebaa26aeb4c54959e8327e005ea');
INSERT INTO "events" VALUES(6,'2027-01-05T01:02:09.000000Z','lee','sending','batch','B01234-ATI-20270105-0001','approved','sending','test','{"action":"sending","at":"2027-01-05T01:02:09.000000Z","body":{"set":{"attempts":"1","changed_at":"2027-01-05T01:02:09.000000Z","endpoint":"127.0.0.1:22"}},"format":"1","from":"approved","kind":"batch","prev":"a7accb5c64286cb6cc338af3b9484078edf89ebaa26aeb4c54959e8327e005ea","seq":"6","subject":"B01234-ATI-20270105-0001","to":"sending","who":"lee","why":"test"}','08dd225ca766322e1e883bdff745c442ea9bc93ec7c249ad1f40036c3342f48d');
INSERT INTO "events" VALUES(7,'2027-01-05T01:02:10.000000Z','lee','sent','batch','B01234-ATI-20270105-0001','sending','sent','test','{"action":"sent","at":"2027-01-05T01:02:10.000000Z","body":{"set":{"changed_at":"2027-01-05T01:02:10.000000Z","sent_at":"2027-01-05T01:02:10.000000Z"}},"format":"1","from":"sending","kind":"batch","prev":"08dd225ca766322e1e883bdff745c442ea9bc93ec7c249ad1f40036c3342f48d","seq":"7","subject":"B01234-ATI-20270105-0001","to":"sent","who":"lee","why":"test"}','500652b6f270304db28210e48bd0ecdb9ca017605fbd52725564f7bb3dc63cf3');
INSERT INTO "events" VALUES(8,'2027-01-05T01:02:11.000000Z','chan','outcomes','batch','B01234-ATI-20270105-0001','sent','received','','{"action":"outcomes","at":"2027-01-05T01:02:11.000000Z","body":{"contradictions":[],"outcomes":{"count":"2","digests":["939942ad4f3d410e51cc266c6b740034540fd5e8b90f1fbbb3b67249c75cbe11"]},"set":{"accepted":"1","changed_at":"2027-01-05T01:02:11.000000Z","contradictions":"0","rejected":"1"},"unchanged":"0","unknown":"0"},"format":"1","from":"sent","kind":"batch","prev":"500652b6f270304db28210e48bd0ecdb9ca017605fbd52725564f7bb3dc63cf3","seq":"8","subject":"B01234-ATI-20270105-0001","to":"received","who":"chan","why":""}','16d207ab627e154f8ea6c78dc6cfa6d2924def38e463fca7eedd1be38cf3847c');
CREATE TABLE facts (
	name VARCHAR(32) NOT NULL,
	value TEXT NOT NULL,
	CONSTRAINT pk_facts PRIMARY KEY (name)
);
INSERT INTO "facts" VALUES('journal','0001020304050607');
INSERT INTO "facts" VALUES('fingerprint-key','000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
INSERT INTO "facts" VALUES('head','8 16d207ab627e154f8ea6c78dc6cfa6d2924def38e463fca7eedd1be38cf3847c');
CREATE TABLE indicators (
	participant VARCHAR(16) NOT NULL,
	day VARCHAR(10) NOT NULL,
	first INTEGER NOT NULL,
	last INTEGER NOT NULL,
	CONSTRAINT pk_indicators PRIMARY KEY (participant, day, first)
);
INSERT INTO "indicators" VALUES('B01234','2027-01-05',1,1);
CREATE TABLE instructions (
	batch_no INTEGER NOT NULL,
	line INTEGER NOT NULL,
	sheet TEXT NOT NULL,
	"row" INTEGER NOT NULL,
	also TEXT,
	reference TEXT,
	fingerprint BLOB NOT NULL,
	CONSTRAINT pk_instructions PRIMARY KEY (batch_no, line),
	CONSTRAINT fk_instructions_batch_no FOREIGN KEY(batch_no) REFERENCES batches (batch_no)
)
 WITHOUT ROWID

;
INSERT INTO "instructions" VALUES(1,1,'Sheet1',2,NULL,'REF000001',X'83C427E4A65DBCB188D9646D4A9737FC');
INSERT INTO "instructions" VALUES(1,2,'Sheet1',3,NULL,'REF000002',X'DDE9AC6D49CCE4BFE44418B48FDEF1A8');
INSERT INTO "instructions" VALUES(1,3,'Sheet1',4,NULL,'REF000003',X'1070AE49060416FF1BD16685301F7A98');
CREATE TABLE intakes (
	intake_no INTEGER NOT NULL,
	intake VARCHAR(64) NOT NULL,
	participant VARCHAR(16) NOT NULL,
	environment VARCHAR(16) NOT NULL,
	source_file TEXT NOT NULL,
	source_digest VARCHAR(64) NOT NULL,
	sheet TEXT NOT NULL,
	source_rows INTEGER NOT NULL,
	used INTEGER NOT NULL,
	rejected INTEGER NOT NULL,
	ignored INTEGER NOT NULL,
	totals TEXT NOT NULL,
	control_totals TEXT NOT NULL,
	clean_rows_digest VARCHAR(64) NOT NULL,
	warnings_digest VARCHAR(64) NOT NULL,
	maker TEXT NOT NULL,
	at VARCHAR(27) NOT NULL,
	CONSTRAINT pk_intakes PRIMARY KEY (intake_no),
	CONSTRAINT uq_intakes_intake UNIQUE (intake)
);
INSERT INTO "intakes" VALUES(1,'B01234-4943e8f40e89-1','B01234','simulator','orders.xlsx','4943e8f40e898cf65a89387defce6ac48c7f3701870945d3d33757aee614ea2b','Sheet1',3,3,0,0,'{}','{}','','','chan','2027-01-05T01:02:07.000000Z');
CREATE TABLE leases (
	environment VARCHAR(16) NOT NULL,
	account VARCHAR(32) NOT NULL,
	owner TEXT NOT NULL,
	fence INTEGER NOT NULL,
	since VARCHAR(27) NOT NULL,
	expires VARCHAR(27),
	CONSTRAINT pk_leases PRIMARY KEY (environment, account)
);
CREATE TABLE matchings (
	batch_no INTEGER NOT NULL,
	line INTEGER NOT NULL,
	event INTEGER NOT NULL,
	matching VARCHAR(32) NOT NULL,
	matching_reason TEXT NOT NULL,
	CONSTRAINT pk_matchings PRIMARY KEY (batch_no, line, event),
	CONSTRAINT fk_matchings_batch_no FOREIGN KEY(batch_no) REFERENCES batches (batch_no)
)
 WITHOUT ROWID

;
CREATE TABLE outcomes (
	batch_no INTEGER NOT NULL,
	line INTEGER NOT NULL,
	outcome VARCHAR(16) NOT NULL,
	reason_code TEXT NOT NULL,
	reason TEXT NOT NULL,
	ccass_reference TEXT,
	ack_no INTEGER,
	event INTEGER NOT NULL,
	CONSTRAINT pk_outcomes PRIMARY KEY (batch_no, line),
	CONSTRAINT fk_outcomes_batch_no FOREIGN KEY(batch_no) REFERENCES batches (batch_no)
)
 WITHOUT ROWID

;
INSERT INTO "outcomes" VALUES(1,1,'accepted','','','C1',NULL,8);
INSERT INTO "outcomes" VALUES(1,2,'rejected','E01','','C2',NULL,8);
CREATE INDEX ix_acknowledgements_state ON acknowledgements (state);
CREATE INDEX ix_events_kind_subject_seq ON events (kind, subject, seq);
CREATE INDEX ix_intakes_participant_source_digest ON intakes (participant, source_digest);
CREATE INDEX ix_batches_digest ON batches (digest);
CREATE INDEX ix_batches_intake_no ON batches (intake_no);
CREATE INDEX ix_batches_prepared_event ON batches (prepared_event);
CREATE INDEX ix_batches_state ON batches (state);
CREATE INDEX ix_batches_transmission_date ON batches (transmission_date);
CREATE UNIQUE INDEX uq_batches_account_digest_counted ON batches (environment, account, digest) WHERE state not in ('preparing', 'withdrawn', 'expired') and possible_duplicate = '';
CREATE INDEX ix_answers_batch_no ON answers (batch_no);
CREATE INDEX ix_instructions_fingerprint ON instructions (fingerprint);
CREATE INDEX ix_instructions_reference ON instructions (reference) WHERE reference is not null;
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
CREATE TRIGGER instructions_no_update BEFORE UPDATE ON instructions BEGIN SELECT RAISE(ABORT, 'instructions are only ever added'); END;
CREATE TRIGGER outcomes_no_update BEFORE UPDATE ON outcomes BEGIN SELECT RAISE(ABORT, 'outcomes are only ever added'); END;
CREATE TRIGGER outcomes_no_delete BEFORE DELETE ON outcomes BEGIN SELECT RAISE(ABORT, 'outcomes are only ever added'); END;
CREATE TRIGGER matchings_no_update BEFORE UPDATE ON matchings BEGIN SELECT RAISE(ABORT, 'matchings are only ever added'); END;
CREATE TRIGGER matchings_no_delete BEFORE DELETE ON matchings BEGIN SELECT RAISE(ABORT, 'matchings are only ever added'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('batches',1);
COMMIT;
