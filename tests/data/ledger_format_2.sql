BEGIN TRANSACTION;
CREATE TABLE accounts (
	name TEXT NOT NULL, 
	source TEXT NOT NULL, 
	population TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	time_window TEXT, 
	parent TEXT, 
	partitioned_by TEXT, 
	partition TEXT, 
	cap TEXT NOT NULL, 
	cap_nano_rho BIGINT NOT NULL, 
	cap_atto_delta BIGINT NOT NULL, 
	spent_nano_rho BIGINT NOT NULL CHECK (spent_nano_rho >= 0), 
	spent_atto_delta BIGINT NOT NULL CHECK (spent_atto_delta >= 0), 
	reserved_nano_rho BIGINT NOT NULL CHECK (reserved_nano_rho >= 0), 
	reserved_atto_delta BIGINT NOT NULL CHECK (reserved_atto_delta >= 0), 
	closed BOOLEAN NOT NULL, tag TEXT, 
	PRIMARY KEY (name), 
	FOREIGN KEY(parent) REFERENCES accounts (name)
);
INSERT INTO "accounts" VALUES('survey','survey','adults','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}',NULL,NULL,NULL,NULL,'{"atto_delta":0,"delta":1e-07,"epsilon":3.0,"nano_rho":157265387,"threshold_delta":0.0}',157265387,0,40000000,0,20000000,0,0,'168b6e253759f90127da7e7e6a94c4fe');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE draws (
	reservation_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	intent_digest TEXT NOT NULL, 
	answer_digest TEXT, 
	PRIMARY KEY (reservation_id, number), 
	FOREIGN KEY(reservation_id) REFERENCES reservations (id)
);
INSERT INTO "draws" VALUES('59f113e0d382f9a68bb54684c3d842e2269258ef28454b09827c2bedad95aac3',1,'i','a');
CREATE TABLE entries (
	seq INTEGER NOT NULL, 
	time TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	account TEXT, 
	reservation_id TEXT, 
	"by" TEXT NOT NULL, 
	login TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	body_digest TEXT NOT NULL, 
	previous TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	key_id TEXT, 
	signature TEXT, part TEXT, format INTEGER DEFAULT '1' NOT NULL, salt TEXT, tag TEXT, 
	PRIMARY KEY (seq)
);
INSERT INTO "entries" VALUES(1,'2026-11-28T11:01:24.914Z','ACCOUNT_OPENED','survey',NULL,'officer','root','{"cap":{"atto_delta":0,"delta":1e-07,"epsilon":3.0,"nano_rho":157265387,"threshold_delta":0.0},"name":"survey","parent":null,"partition":null,"partitioned_by":null,"population":"adults","source":"survey","tag":"168b6e253759f90127da7e7e6a94c4fe","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"window":null}','ca3c68ac80aba358096558ad870be7eee2b96c34e696a101964ace5cbc633689','f96f55e80dbbe3feadf94b16f450c676','e5ec5d81185b76c9870eafe45448ae7b2d7d3cc2e8a31308859a65e39e351735',NULL,NULL,NULL,2,'777c89aedf3b48c07057e87b8d6b669a','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(2,'2026-11-28T11:01:24.922Z','SOURCE_ADDED','survey',NULL,'officer','root','{"account":"survey","attested_by":null,"columns":[["age","int64"]],"kind":"parquet","name":"survey","place_digest":"4ef3ddd3f3490782813e3d05626634ac0f73810a7a22e669401b2170ba7abe2d","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}','c9a56cdaf44507cee1e97bed491ed550bb190e15c0d5b324ffd7e10e8d897632','e5ec5d81185b76c9870eafe45448ae7b2d7d3cc2e8a31308859a65e39e351735','be2a108c9dba64084907275ed3237a1937952407181838aa64009a6f13056fa7',NULL,NULL,NULL,2,'6aac49d0eb2ac06894a6a800a2bcbc5e','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(3,'2026-11-28T11:01:24.931Z','RESERVED','survey','59f113e0d382f9a68bb54684c3d842e2269258ef28454b09827c2bedad95aac3','engineer','root','{"attempt":1,"request":{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"survey","fingerprint":"settled","loss":{"atto_delta":0,"nano_rho":20000000},"reason":"test","refresh":"version","run_id":null,"source":"survey","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}}','17a7c08a527fc6b22dea5315f6d3d42f4fe47c4e640e1ddb28250fc2995fa361','be2a108c9dba64084907275ed3237a1937952407181838aa64009a6f13056fa7','cfd54dcfc3f73145563a91a0a38f940b7e72ceae76fb51947a0e880f7fc54250',NULL,NULL,NULL,2,'6bece8bc5aeb4a3003fede7abc06262b','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(4,'2026-11-28T11:01:24.941Z','OPENED','survey','59f113e0d382f9a68bb54684c3d842e2269258ef28454b09827c2bedad95aac3','engineer','root','{"fence":1}','c4a15473418306f806215edbd0c33acda0f170fe15b757eacdb81ca02223157e','cfd54dcfc3f73145563a91a0a38f940b7e72ceae76fb51947a0e880f7fc54250','c41ca08df600379a6ccb9f9695469a997a1d3cdd6647000ce7f3661c4450f6c0',NULL,NULL,NULL,2,'f6f36d94e74c969f88674671cc8dd204','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(5,'2026-11-28T11:01:24.941Z','REDEEMED','survey','59f113e0d382f9a68bb54684c3d842e2269258ef28454b09827c2bedad95aac3','engineer','root','{"fence":1}','88f43ca31b593b2eaa8509f8b1050aa1feb723669e022c40bf984b61299698c5','c41ca08df600379a6ccb9f9695469a997a1d3cdd6647000ce7f3661c4450f6c0','003a9436eaaf54b3d9a3289e392e7aaaed7e15da19affd56c6627e90f7f9c6d2',NULL,NULL,NULL,2,'300263b71b71fd722f4abb13258b796d','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(6,'2026-11-28T11:01:24.941Z','INTENT','survey','59f113e0d382f9a68bb54684c3d842e2269258ef28454b09827c2bedad95aac3','engineer','root','{"digest":"i","fence":1,"number":1}','c9d6375be9f197791e377ce2aa26c48b8e399113268540fa75f85e2fe1d6521e','003a9436eaaf54b3d9a3289e392e7aaaed7e15da19affd56c6627e90f7f9c6d2','2e95b2fa2038d7a11cf2a53ac3b126a59ec289cc4835fb94af138b190e5bf88d',NULL,NULL,NULL,2,'97a9c3810674f52039c8caad8e55cfe5','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(7,'2026-11-28T11:01:24.941Z','ANSWER','survey','59f113e0d382f9a68bb54684c3d842e2269258ef28454b09827c2bedad95aac3','engineer','root','{"digest":"a","fence":1,"number":1}','b86da4df2d6ee9d1e4874195c7770a629a58564e24933eabb8cb249550ec6c26','2e95b2fa2038d7a11cf2a53ac3b126a59ec289cc4835fb94af138b190e5bf88d','84a27342327959b578c6d1087930cfa31b2000e9bb06dd738ebe928528976091',NULL,NULL,NULL,2,'926001de459f37d351d6c4a6a1e1d53d','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(8,'2026-11-28T11:01:24.941Z','SETTLED','survey','59f113e0d382f9a68bb54684c3d842e2269258ef28454b09827c2bedad95aac3','engineer','root','{"reason":"released","release_digest":"r"}','73cb67e0a76c3a3310a3ac6166df36def8540ccf7279f8f0821f040990cbd914','84a27342327959b578c6d1087930cfa31b2000e9bb06dd738ebe928528976091','d19fb330ec41340a19f3317f124abbef60b0ff6ffbed8816d91708c411171403',NULL,NULL,NULL,2,'63fe3a3658863a1f1af218813679bb2d','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(9,'2026-11-28T11:01:24.972Z','RESERVED','survey','8a5da7590ebb0eabf85f917b120112c92424089caf56ccafb11d7d7801a17ac3','engineer','root','{"attempt":1,"request":{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"survey","fingerprint":"opened","loss":{"atto_delta":0,"nano_rho":20000000},"reason":"test","refresh":"version","run_id":null,"source":"survey","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}}','03cc4bf4cd7415cdbae22396811fe86dab1a4d69030808ec4129aa24d5dd3c15','d19fb330ec41340a19f3317f124abbef60b0ff6ffbed8816d91708c411171403','666987f37cddb90f6d9cd29118c506f91dad8f6fd0beb4ecef18d51d089dfb88',NULL,NULL,NULL,2,'022db011b0e0e5043770df8087db3d26','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(10,'2026-11-28T11:01:24.978Z','OPENED','survey','8a5da7590ebb0eabf85f917b120112c92424089caf56ccafb11d7d7801a17ac3','engineer','root','{"fence":1}','9bd220ea7584c85b48a77d8637121cf97d81807603073f5fc6c7b23a192e50b5','666987f37cddb90f6d9cd29118c506f91dad8f6fd0beb4ecef18d51d089dfb88','9b416f0461280139bcad07319b343c460b00016f948177f8586ffecb80bbe3c0',NULL,NULL,NULL,2,'8b72bcb19f41c6c6098f578b9cf69956','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(11,'2026-11-28T11:01:24.991Z','RESERVED','survey','b466710921bb9f3bfbb68e9996666c7cfbd1e18d3522d389c7121794cc1e18ae','engineer','root','{"attempt":1,"request":{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"survey","fingerprint":"waiting","loss":{"atto_delta":0,"nano_rho":20000000},"reason":"test","refresh":"version","run_id":null,"source":"survey","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}}','3af7e4841c33bb43007024faae462c902eda7cc255379203320594dba852ca5e','9b416f0461280139bcad07319b343c460b00016f948177f8586ffecb80bbe3c0','b7ef0c58b8a5ac1ed5fbf1d6b5fa997080d35df3e55f179d75761be4d445384e',NULL,NULL,NULL,2,'dcab2f05b139e2c0b52ec82afbbc7175','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(12,'2026-11-28T11:01:24.998Z','RESERVED','survey','eb6e52ed95c5a32656f74ca44463f3cbcd7863eb870de45890d103d0e15bfa76','engineer','root','{"attempt":1,"request":{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"survey","fingerprint":"cancelled","loss":{"atto_delta":0,"nano_rho":20000000},"reason":"test","refresh":"version","run_id":null,"source":"survey","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}}','91fd819c833c8390efbd339d5531b385643e00995c92cc4c812cdd96b71c2fb4','b7ef0c58b8a5ac1ed5fbf1d6b5fa997080d35df3e55f179d75761be4d445384e','604e0842c3a348aebb4de5d86faabf935b32bce5a3d42e5a6883e5b649554b46',NULL,NULL,NULL,2,'a4ca22e1f5691f492727f5b7731df465','168b6e253759f90127da7e7e6a94c4fe');
INSERT INTO "entries" VALUES(13,'2026-11-28T11:01:25.004Z','CANCELLED','survey','eb6e52ed95c5a32656f74ca44463f3cbcd7863eb870de45890d103d0e15bfa76','engineer','root','{"reason":"cancelled"}','a5709f1a32614bc732347b34f2b020f505cb49e0b5889dc3a4b77972cf058dab','604e0842c3a348aebb4de5d86faabf935b32bce5a3d42e5a6883e5b649554b46','c7be26ebb83a9b392dac245beec51e7ef61053aa7bb40bfbeaacfa24d09ea661',NULL,NULL,NULL,2,'ac85f133dda37baa7646571d6e47c66c','168b6e253759f90127da7e7e6a94c4fe');
CREATE TABLE ledger (
	id INTEGER NOT NULL CHECK (id = 1), 
	ledger_id TEXT NOT NULL, 
	format INTEGER NOT NULL, 
	seq BIGINT NOT NULL, 
	hash TEXT NOT NULL, 
	time TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "ledger" VALUES(1,'f96f55e80dbbe3feadf94b16f450c676',2,13,'c7be26ebb83a9b392dac245beec51e7ef61053aa7bb40bfbeaacfa24d09ea661','2026-11-28T11:01:25.004Z');
CREATE TABLE places (
	source TEXT NOT NULL, 
	location TEXT NOT NULL, 
	options TEXT NOT NULL, 
	salt TEXT NOT NULL, 
	PRIMARY KEY (source), 
	FOREIGN KEY(source) REFERENCES sources (name)
);
INSERT INTO "places" VALUES('survey','/nowhere/survey.parquet','{}','7d948465ef25feb53b6916b555f5250e');
CREATE TABLE reservations (
	number INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	base TEXT NOT NULL, 
	attempt INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	source TEXT NOT NULL, 
	request TEXT NOT NULL, 
	nano_rho BIGINT NOT NULL CHECK (nano_rho > 0), 
	atto_delta BIGINT NOT NULL CHECK (atto_delta >= 0), 
	state TEXT NOT NULL, 
	fence INTEGER NOT NULL, 
	nonce_digest TEXT, 
	release_digest TEXT, 
	host TEXT NOT NULL, 
	pid INTEGER NOT NULL, 
	started TEXT NOT NULL, 
	lease_until BIGINT NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (base, attempt), 
	UNIQUE (id), 
	FOREIGN KEY(account) REFERENCES accounts (name), 
	FOREIGN KEY(source) REFERENCES sources (name)
);
INSERT INTO "reservations" VALUES(1,'59f113e0d382f9a68bb54684c3d842e2269258ef28454b09827c2bedad95aac3','5c9bd4cf62245a9440c77c803ae1e02fbb7feb58fe6336b7e80f5ac01dc8f7ca',1,'survey','survey','{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"survey","fingerprint":"settled","loss":{"atto_delta":0,"nano_rho":20000000},"reason":"test","refresh":"version","run_id":null,"source":"survey","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}',20000000,0,'SETTLED',1,NULL,'r','ab72b793-d0fb-41e7-8f73-b164f5eff0e5:4026531836',16841,'4377945',1795864584961);
INSERT INTO "reservations" VALUES(2,'8a5da7590ebb0eabf85f917b120112c92424089caf56ccafb11d7d7801a17ac3','be474330f0040128f6d86b67da8ef204a8bff3fb7fed59e851c8d365ad8f9fb8',1,'survey','survey','{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"survey","fingerprint":"opened","loss":{"atto_delta":0,"nano_rho":20000000},"reason":"test","refresh":"version","run_id":null,"source":"survey","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}',20000000,0,'OPENED',1,'258056daba15372aefcafed182c82ae5671fa71820d164ef32d8c19ef516daba',NULL,'ab72b793-d0fb-41e7-8f73-b164f5eff0e5:4026531836',16841,'4377945',1795864584978);
INSERT INTO "reservations" VALUES(3,'b466710921bb9f3bfbb68e9996666c7cfbd1e18d3522d389c7121794cc1e18ae','a68b2f89efba0d52028e2ce1f6a304499b773e8e639c7e1bb24382bffc41a8ae',1,'survey','survey','{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"survey","fingerprint":"waiting","loss":{"atto_delta":0,"nano_rho":20000000},"reason":"test","refresh":"version","run_id":null,"source":"survey","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}',20000000,0,'RESERVED',0,NULL,NULL,'ab72b793-d0fb-41e7-8f73-b164f5eff0e5:4026531836',16841,'4377945',1795864584991);
INSERT INTO "reservations" VALUES(4,'eb6e52ed95c5a32656f74ca44463f3cbcd7863eb870de45890d103d0e15bfa76','8618221432da79058ee17c3cba755a66e1fe0ce19a1e0521af7e5ce969ca8c7a',1,'survey','survey','{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"survey","fingerprint":"cancelled","loss":{"atto_delta":0,"nano_rho":20000000},"reason":"test","refresh":"version","run_id":null,"source":"survey","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}',20000000,0,'CANCELLED',0,NULL,NULL,'ab72b793-d0fb-41e7-8f73-b164f5eff0e5:4026531836',16841,'4377945',1795864584998);
CREATE TABLE sources (
	name TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	columns TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	account TEXT NOT NULL, 
	version TEXT NOT NULL, 
	attested_by TEXT, 
	place_digest TEXT NOT NULL, 
	PRIMARY KEY (name), 
	FOREIGN KEY(account) REFERENCES accounts (name)
);
INSERT INTO "sources" VALUES('survey','parquet','[["age","int64"]]','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}','survey','2026-11',NULL,'4ef3ddd3f3490782813e3d05626634ac0f73810a7a22e669401b2170ba7abe2d');
CREATE INDEX reservations_account ON reservations (account);
CREATE INDEX reservations_source ON reservations (source);
CREATE INDEX reservations_unfinished ON reservations (state) WHERE state IN ('RESERVED', 'OPENED');
CREATE INDEX entries_account_kind ON entries (account, kind, seq);
CREATE TRIGGER reservation_is_held AFTER INSERT ON reservations BEGIN
         SELECT RAISE(ABORT, 'a reservation starts as RESERVED') WHERE NEW.state <> 'RESERVED' OR NEW.fence <> 0;
         UPDATE accounts SET reserved_nano_rho = reserved_nano_rho + NEW.nano_rho,
                             reserved_atto_delta = reserved_atto_delta + NEW.atto_delta
          WHERE name = NEW.account AND NOT closed
            AND spent_nano_rho + reserved_nano_rho + NEW.nano_rho <= cap_nano_rho
            AND spent_atto_delta + reserved_atto_delta + NEW.atto_delta <= cap_atto_delta;
         SELECT RAISE(ABORT, 'the cap does not cover the reservation') WHERE changes() <> 1;
       END;
CREATE TRIGGER reservation_moves_forward BEFORE UPDATE ON reservations BEGIN
         SELECT RAISE(ABORT, 'a reservation only moves forward')
          WHERE NEW.state <> OLD.state AND NOT (
                (OLD.state = 'RESERVED' AND NEW.state IN ('OPENED', 'CANCELLED'))
             OR (OLD.state = 'OPENED' AND NEW.state = 'SETTLED'));
         SELECT RAISE(ABORT, 'what was reserved does not change')
          WHERE NEW.number <> OLD.number OR NEW.id <> OLD.id OR NEW.base <> OLD.base OR NEW.attempt <> OLD.attempt
             OR NEW.account <> OLD.account OR NEW.source <> OLD.source OR NEW.request <> OLD.request
             OR NEW.nano_rho <> OLD.nano_rho OR NEW.atto_delta <> OLD.atto_delta OR NEW.fence < OLD.fence;
       END;
CREATE TRIGGER reservation_is_charged AFTER UPDATE OF state ON reservations
       WHEN OLD.state = 'RESERVED' AND NEW.state <> 'RESERVED' BEGIN
         UPDATE accounts SET reserved_nano_rho = reserved_nano_rho - OLD.nano_rho,
                             reserved_atto_delta = reserved_atto_delta - OLD.atto_delta,
                             spent_nano_rho = spent_nano_rho + (NEW.state = 'OPENED') * OLD.nano_rho,
                             spent_atto_delta = spent_atto_delta + (NEW.state = 'OPENED') * OLD.atto_delta
          WHERE name = OLD.account;
       END;
CREATE TRIGGER entries_unchanged BEFORE UPDATE ON entries BEGIN
         SELECT RAISE(ABORT, 'entries are only ever added'); END;
CREATE TRIGGER entries_kept BEFORE DELETE ON entries BEGIN
              SELECT RAISE(ABORT, 'entries are only ever added'); END;
CREATE TRIGGER reservations_kept BEFORE DELETE ON reservations BEGIN
              SELECT RAISE(ABORT, 'reservations are only ever added'); END;
CREATE TRIGGER draws_kept BEFORE DELETE ON draws BEGIN
              SELECT RAISE(ABORT, 'draws are only ever added'); END;
CREATE TRIGGER accounts_kept BEFORE DELETE ON accounts BEGIN
              SELECT RAISE(ABORT, 'accounts are only ever added'); END;
CREATE TRIGGER entry_is_linked BEFORE INSERT ON entries BEGIN
          SELECT RAISE(ABORT, 'an entry has the format of its ledger') WHERE NEW.format <> 2 OR NEW.salt IS NULL;
          SELECT RAISE(ABORT, 'an entry follows the one before')
            FROM ledger WHERE NEW.seq <> seq + 1 OR NEW.previous <> hash OR NEW.time < time;
          SELECT RAISE(ABORT, 'an entry carries the tag of its account')
           WHERE NEW.tag IS NULL
              OR NEW.tag <> coalesce((SELECT tag FROM accounts WHERE name = NEW.account), '');
          SELECT RAISE(ABORT, 'an entry is of a kind that is known')
           WHERE NEW.kind NOT IN ('ACCOUNT_OPENED', 'CAP_SET', 'ACCOUNT_CLOSED', 'SOURCE_ADDED', 'SOURCE_MOVED', 'VERSION_SET', 'RESERVED', 'OPENED', 'RESUMED', 'REDEEMED', 'INTENT', 'ANSWER', 'SETTLED', 'CANCELLED', 'MIGRATED', 'CORRECTED');
        END;
CREATE TRIGGER entry_moves_the_head AFTER INSERT ON entries BEGIN
         UPDATE ledger SET seq = NEW.seq, hash = NEW.hash, time = NEW.time;
       END;
CREATE TRIGGER tag_is_kept BEFORE UPDATE OF tag ON accounts WHEN OLD.tag IS NOT NULL BEGIN
         SELECT RAISE(ABORT, 'an account keeps its tag'); END;
COMMIT;
