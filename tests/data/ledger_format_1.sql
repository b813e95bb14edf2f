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
	closed BOOLEAN NOT NULL, 
	PRIMARY KEY (name), 
	FOREIGN KEY(parent) REFERENCES accounts (name)
);
INSERT INTO "accounts" VALUES('clinic','clinic','adults','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}',NULL,NULL,'window',NULL,'{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0}',74180593,0,0,0,0,0,0);
INSERT INTO "accounts" VALUES('november','november','adults','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}','seen=2026-11-01/2026-12-01','clinic',NULL,NULL,'{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0}',74180593,0,30000000,0,1000000,0,0);
INSERT INTO "accounts" VALUES('november-again','november-again','adults','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}','seen=2026-11-01T00:00:00/2026-12-01T00:00:00','clinic',NULL,NULL,'{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0}',74180593,0,20000000,0,0,0,0);
INSERT INTO "accounts" VALUES('november-thrice','november-thrice','adults','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}',' seen = 2026-11-01T00:00/2026-12-01 ','clinic',NULL,NULL,'{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0}',74180593,0,0,0,0,0,0);
INSERT INTO "accounts" VALUES('december','december','adults','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}','seen=2026-12-01/2027-01-01','clinic',NULL,NULL,'{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0}',74180593,0,0,0,0,0,0);
INSERT INTO "accounts" VALUES('ward','ward','adults','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}',NULL,'november',NULL,NULL,'{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0}',74180593,0,10000000,0,0,0,0);
INSERT INTO "accounts" VALUES('other-month','other-month','adults','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}','seen=2027-01-01/2027-02-01','november',NULL,NULL,'{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0}',74180593,0,5000000,0,0,0,0);
INSERT INTO "accounts" VALUES('survey','survey','adults','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}',NULL,NULL,NULL,NULL,'{"atto_delta":2000000000,"delta":1e-07,"epsilon":2.0,"nano_rho":74076986,"threshold_delta":2e-09}',74076986,2000000000,50000000,2000000000,0,0,0);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE draws (
	reservation_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	intent_digest TEXT NOT NULL, 
	answer_digest TEXT, 
	PRIMARY KEY (reservation_id, number), 
	FOREIGN KEY(reservation_id) REFERENCES reservations (id)
);
INSERT INTO "draws" VALUES('f0c2f3047c9d37b4f46ee313adc9aa926add404d63162cb57e3933112b4816e9',1,'i','a');
INSERT INTO "draws" VALUES('63cb4b57880bf7d668cb2ecafb0251f99646ae2b937c37d95d42addd53d1d17e',1,'i','a');
INSERT INTO "draws" VALUES('816971a416025c7b09a00bc8d1b878fe0e136a9ebd9d581efbaeee912763fa0f',1,'i','a');
INSERT INTO "draws" VALUES('c972ad52e438b67c6dedf820a124bbec9d2fbfa8d1898a232a9db285c1afc582',1,'i','a');
INSERT INTO "draws" VALUES('6104b6e7a1a71e0c691d87b91bc1943bf6d3a3bb5aa9af24e2de821475b8d7fd',1,'i','a');
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
	signature TEXT, 
	PRIMARY KEY (seq)
);
INSERT INTO "entries" VALUES(1,'2026-11-27T23:09:48.970Z','ACCOUNT_OPENED','clinic',NULL,'officer','root','{"cap":{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0},"name":"clinic","parent":null,"partition":null,"partitioned_by":"window","population":"adults","source":"clinic","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"window":null}','6792888cac1309f498e9cf422563d34bf3da6cfc0d10556348a80d63fabc0886','2296e8e63e0b405b4b284263adafc51e','7e9e74f5dc42be82f9a074a9d845601046e964aa82d99be56ac15a714e7503e6',NULL,NULL);
INSERT INTO "entries" VALUES(2,'2026-11-27T23:09:48.977Z','ACCOUNT_OPENED','november',NULL,'officer','root','{"cap":{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0},"name":"november","parent":"clinic","partition":null,"partitioned_by":null,"population":"adults","source":"november","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"window":"seen=2026-11-01/2026-12-01"}','9e31ff11bb8c700e305bcdc49e44bab81ece3e7a20b8a12950428ebd560ff781','7e9e74f5dc42be82f9a074a9d845601046e964aa82d99be56ac15a714e7503e6','2f84c0fa5615625814593bb472f6bcbfa6ff0ff85cd62e70de2e28837273ca4d',NULL,NULL);
INSERT INTO "entries" VALUES(3,'2026-11-27T23:09:48.981Z','ACCOUNT_OPENED','november-again',NULL,'officer','root','{"cap":{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0},"name":"november-again","parent":"clinic","partition":null,"partitioned_by":null,"population":"adults","source":"november-again","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"window":"seen=2026-11-01T00:00:00/2026-12-01T00:00:00"}','6b544ac8d61443abd590f75a6734205d579fd885982f800fc1dd7bf24eb526f7','2f84c0fa5615625814593bb472f6bcbfa6ff0ff85cd62e70de2e28837273ca4d','794ba511ab1bb5157f836090ab2cae1b22ca5803d931cddfb09d9ce5e2da550d',NULL,NULL);
INSERT INTO "entries" VALUES(4,'2026-11-27T23:09:48.985Z','ACCOUNT_OPENED','november-thrice',NULL,'officer','root','{"cap":{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0},"name":"november-thrice","parent":"clinic","partition":null,"partitioned_by":null,"population":"adults","source":"november-thrice","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"window":" seen = 2026-11-01T00:00/2026-12-01 "}','4fb3e6c8ffcc09ad32d58d822a4f534e060ca7e9f4a7a3e871e32854b4cf5ea8','794ba511ab1bb5157f836090ab2cae1b22ca5803d931cddfb09d9ce5e2da550d','2614243f709ce7785c2e7da6cab983e36458ee23e35fda1884a1777952c603c0',NULL,NULL);
INSERT INTO "entries" VALUES(5,'2026-11-27T23:09:48.991Z','ACCOUNT_OPENED','december',NULL,'officer','root','{"cap":{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0},"name":"december","parent":"clinic","partition":null,"partitioned_by":null,"population":"adults","source":"december","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"window":"seen=2026-12-01/2027-01-01"}','63a69974e41f132c35ce5a896ed455be5f12df79bb0fd2ffc64f957374871630','2614243f709ce7785c2e7da6cab983e36458ee23e35fda1884a1777952c603c0','4e57c0bcabe4127d4ac0a2ba852c11cfe42f0bbd6223a915f52344e895764f79',NULL,NULL);
INSERT INTO "entries" VALUES(6,'2026-11-27T23:09:48.995Z','ACCOUNT_OPENED','ward',NULL,'officer','root','{"cap":{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0},"name":"ward","parent":"november","partition":null,"partitioned_by":null,"population":"adults","source":"ward","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"window":null}','600f7d7b5ae899b4ce2d0c19086d68a19bb8b27000a7cde84019c6f4843a6423','4e57c0bcabe4127d4ac0a2ba852c11cfe42f0bbd6223a915f52344e895764f79','603ffe055fb8f41963ae2a2139324944712f8c407d37158ecc92d7c2bd344650',NULL,NULL);
INSERT INTO "entries" VALUES(7,'2026-11-27T23:09:48.999Z','ACCOUNT_OPENED','other-month',NULL,'officer','root','{"cap":{"atto_delta":0,"delta":1e-07,"epsilon":2.0,"nano_rho":74180593,"threshold_delta":0.0},"name":"other-month","parent":"november","partition":null,"partitioned_by":null,"population":"adults","source":"other-month","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"window":"seen=2027-01-01/2027-02-01"}','3d5c1b1749a987bdbe614b7fe49273aceb3405e795792f7b56f40c4508843dd5','603ffe055fb8f41963ae2a2139324944712f8c407d37158ecc92d7c2bd344650','6935725397cff6347cc8af8652608760cb775e6a8d40759abce1085e91ae105e',NULL,NULL);
INSERT INTO "entries" VALUES(8,'2026-11-27T23:09:49.082Z','ACCOUNT_OPENED','survey',NULL,'officer','root','{"cap":{"atto_delta":2000000000,"delta":1e-07,"epsilon":2.0,"nano_rho":74076986,"threshold_delta":2e-09},"name":"survey","parent":null,"partition":null,"partitioned_by":null,"population":"adults","source":"survey","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"window":null}','13ca40ccdc3fd491df35dd7913eebea87b40b8b472f2a1d35761e67ed0150c6a','6935725397cff6347cc8af8652608760cb775e6a8d40759abce1085e91ae105e','8c23011f25d37898e4e02244eb62aa4911ac1dc97fb3cf7bfdf792bdeab5ec10',NULL,NULL);
INSERT INTO "entries" VALUES(9,'2026-11-27T23:09:49.086Z','SOURCE_ADDED','november',NULL,'officer','root','{"account":"november","attested_by":null,"columns":[["person","int64"],["seen","timestamp[us]"],["age","int64"]],"kind":"parquet","name":"november","place_digest":"0e925e4b620ebf9ad034bb5e260f3e7096873d2f17a97abac6e22765f9426a34","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}','1fd06c4eb0ef731cc147da0ac62499c503a148ecd7e00acf411d0250c4f6d6c3','8c23011f25d37898e4e02244eb62aa4911ac1dc97fb3cf7bfdf792bdeab5ec10','f45e6db3623d9d55ff63686a40e2174c29eacc2cd3e3680000e144d1030c7110',NULL,NULL);
INSERT INTO "entries" VALUES(10,'2026-11-27T23:09:49.091Z','SOURCE_ADDED','november-again',NULL,'officer','root','{"account":"november-again","attested_by":null,"columns":[["person","int64"],["seen","timestamp[us]"],["age","int64"]],"kind":"parquet","name":"november-again","place_digest":"33b2fcbc8aec699dfba037016af28ca80113b29a262bc7881dfe6793b1a5c9ed","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}','1b1c44ee54c183c12b505d97af20c079ce186a3c6f6965a69b2b588ed05642bd','f45e6db3623d9d55ff63686a40e2174c29eacc2cd3e3680000e144d1030c7110','3f3ed204af68c663669beb98546aa2b35c2000da7964713c45ffc12c6a4c0a1d',NULL,NULL);
INSERT INTO "entries" VALUES(11,'2026-11-27T23:09:49.095Z','SOURCE_ADDED','ward',NULL,'officer','root','{"account":"ward","attested_by":null,"columns":[["person","int64"],["seen","timestamp[us]"],["age","int64"]],"kind":"parquet","name":"ward","place_digest":"7b108b12fefb923147a04ab38964f3b9ef6f89adef379f5d318bee796f7509db","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}','ca7a4a8c8daf9b06c153a0146b3e1f35811fead4867adf38510faaab2a67b5c7','3f3ed204af68c663669beb98546aa2b35c2000da7964713c45ffc12c6a4c0a1d','c41cb4a10a8272efa8ef2ea432daa50075324b08ced4996e3b4c5df1894ee5a0',NULL,NULL);
INSERT INTO "entries" VALUES(12,'2026-11-27T23:09:49.099Z','SOURCE_ADDED','other-month',NULL,'officer','root','{"account":"other-month","attested_by":null,"columns":[["person","int64"],["seen","timestamp[us]"],["age","int64"]],"kind":"parquet","name":"other-month","place_digest":"a4ab63df4693c7c554e2e1500166d8b500074a9f5048cc909daa66a2e7398244","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}','ce3d5841cff1f936ee04ac80b6620f41fe17b09108ccc04904c97ab7693b411f','c41cb4a10a8272efa8ef2ea432daa50075324b08ced4996e3b4c5df1894ee5a0','1c586566ebd22343acd9bd422d16b7b7357874d0c01ef0fae8b06eaca5952802',NULL,NULL);
INSERT INTO "entries" VALUES(13,'2026-11-27T23:09:49.102Z','SOURCE_ADDED','survey',NULL,'officer','root','{"account":"survey","attested_by":null,"columns":[["person","int64"],["seen","timestamp[us]"],["age","int64"]],"kind":"parquet","name":"survey","place_digest":"792648a3cc4d1d20159c9ba5b083f1436825d900add3b063119b1f768317cdbe","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}','7c8e47be5a202eae4c47c6f9f1b1a0ea3f8f239e577b45ad8c3c199669ae655d','1c586566ebd22343acd9bd422d16b7b7357874d0c01ef0fae8b06eaca5952802','e238accaf3b621aa5e969653594e0cc8a9c987e3c15ba8b4b567783ed60320ff',NULL,NULL);
INSERT INTO "entries" VALUES(14,'2026-11-27T23:09:49.106Z','SOURCE_ADDED','clinic',NULL,'officer','root','{"account":"clinic","attested_by":null,"columns":[["person","int64"],["seen","timestamp[us]"],["age","int64"]],"kind":"parquet","name":"clinic-all","place_digest":"0da4df843dd22decd3ad4172fce7a03246b973924d0ef475fe6c715ca9f814c9","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}','4464bf2f0d57d5d74f13aae3d3f69b26cb81ff798b8d9619381572812de7224c','e238accaf3b621aa5e969653594e0cc8a9c987e3c15ba8b4b567783ed60320ff','fd0e0240d7caa74cec72d805c46f3a8a24190e9762d75d74ccf772b5910cbb2f',NULL,NULL);
INSERT INTO "entries" VALUES(15,'2026-11-27T23:09:49.109Z','RESERVED','november','f0c2f3047c9d37b4f46ee313adc9aa926add404d63162cb57e3933112b4816e9','engineer','root','{"attempt":1,"request":{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"november","fingerprint":"f","loss":{"atto_delta":0,"nano_rho":30000000},"reason":"teaching","refresh":"version","run_id":null,"source":"november","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}}','54f6247b379479ccd5116c13889ef868ead58e0d029547fc9064949aff8b363d','fd0e0240d7caa74cec72d805c46f3a8a24190e9762d75d74ccf772b5910cbb2f','df995e8d937b1b692550f4c62eff013a75dd334fff679728a9eb4b6335c1714c',NULL,NULL);
INSERT INTO "entries" VALUES(16,'2026-11-27T23:09:49.115Z','OPENED','november','f0c2f3047c9d37b4f46ee313adc9aa926add404d63162cb57e3933112b4816e9','engineer','root','{"fence":1}','a7cc6f7b73cb6018c970164d237c67d7dfa1d75a6599b16d074708784b01ed05','df995e8d937b1b692550f4c62eff013a75dd334fff679728a9eb4b6335c1714c','0e253e31c7878a83770dd4554bdad278212a135374e4315370768d4876cebe67',NULL,NULL);
INSERT INTO "entries" VALUES(17,'2026-11-27T23:09:49.120Z','REDEEMED','november','f0c2f3047c9d37b4f46ee313adc9aa926add404d63162cb57e3933112b4816e9','engineer','root','{"fence":1}','7387bac5709cc3ab717610116e4500df4c0b825adb45467d31e79ee5eb132427','0e253e31c7878a83770dd4554bdad278212a135374e4315370768d4876cebe67','b311e382f5dae3ce7d5cbd30dbd6f61decf17b93a56279db2b958585c4bd9d55',NULL,NULL);
INSERT INTO "entries" VALUES(18,'2026-11-27T23:09:49.125Z','INTENT','november','f0c2f3047c9d37b4f46ee313adc9aa926add404d63162cb57e3933112b4816e9','engineer','root','{"digest":"i","fence":1,"number":1}','7e6948576f035b26628786ca9458c4d471e7029d54296793f3a50267193e0567','b311e382f5dae3ce7d5cbd30dbd6f61decf17b93a56279db2b958585c4bd9d55','927a169ff5d3844507b123bcce8caf913ca363161471fbc76df13105d82be2ae',NULL,NULL);
INSERT INTO "entries" VALUES(19,'2026-11-27T23:09:49.129Z','ANSWER','november','f0c2f3047c9d37b4f46ee313adc9aa926add404d63162cb57e3933112b4816e9','engineer','root','{"digest":"a","fence":1,"number":1}','9e25d197d598a4db52acd13b8b835dbada09f85b27ee9092cad91ae71b24ec25','927a169ff5d3844507b123bcce8caf913ca363161471fbc76df13105d82be2ae','c97b015844f3226f09e564ba477c6e63fe899cf4697a3391a88e08ebeae6aa78',NULL,NULL);
INSERT INTO "entries" VALUES(20,'2026-11-27T23:09:49.135Z','SETTLED','november','f0c2f3047c9d37b4f46ee313adc9aa926add404d63162cb57e3933112b4816e9','engineer','root','{"reason":"released","release_digest":"0000000000000000000000000000000000000000000000000000000000000001"}','41294a1e4d251f821a42891a7b4b2ebd2a6fc055c83452ad09ffe97abb83681c','c97b015844f3226f09e564ba477c6e63fe899cf4697a3391a88e08ebeae6aa78','66125b69f0869d6f3af0435103f79c756db0a89a19824020a6ff803cc3d0c7b6',NULL,NULL);
INSERT INTO "entries" VALUES(21,'2026-11-27T23:09:49.142Z','RESERVED','november-again','63cb4b57880bf7d668cb2ecafb0251f99646ae2b937c37d95d42addd53d1d17e','engineer','root','{"attempt":1,"request":{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"november-again","fingerprint":"f","loss":{"atto_delta":0,"nano_rho":20000000},"reason":"teaching","refresh":"version","run_id":null,"source":"november-again","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}}','333bf0e705e4f2e1e3618c29422ab0de199d16baff4ab77bc5d0064af4db1ce2','66125b69f0869d6f3af0435103f79c756db0a89a19824020a6ff803cc3d0c7b6','cb09e7d18ed0aedb29417a7f7157fb4ec2a3e7ff8421dcb6ddb34d4b38e31528',NULL,NULL);
INSERT INTO "entries" VALUES(22,'2026-11-27T23:09:49.149Z','OPENED','november-again','63cb4b57880bf7d668cb2ecafb0251f99646ae2b937c37d95d42addd53d1d17e','engineer','root','{"fence":1}','dfe5664d4faadd14d26ca11210b615eda7e94d7a01eea21cc9de408fbba6b7b6','cb09e7d18ed0aedb29417a7f7157fb4ec2a3e7ff8421dcb6ddb34d4b38e31528','0da70d81224377b539dacacd9ecbec8c673ec1ff077d50e5d9fef5c71ae1cd12',NULL,NULL);
INSERT INTO "entries" VALUES(23,'2026-11-27T23:09:49.155Z','REDEEMED','november-again','63cb4b57880bf7d668cb2ecafb0251f99646ae2b937c37d95d42addd53d1d17e','engineer','root','{"fence":1}','21a2976f99939ce4f1385b4cec86c31acc75b6bff99cedf3a5e748b34ecb1d09','0da70d81224377b539dacacd9ecbec8c673ec1ff077d50e5d9fef5c71ae1cd12','f738b01e250efa428279433f8567cc1baa9dc63778d6cf62e86fcc645e15bf46',NULL,NULL);
INSERT INTO "entries" VALUES(24,'2026-11-27T23:09:49.161Z','INTENT','november-again','63cb4b57880bf7d668cb2ecafb0251f99646ae2b937c37d95d42addd53d1d17e','engineer','root','{"digest":"i","fence":1,"number":1}','bd6ee6ff86dfb3ecbf604739a03afb380f627207dac0c68173cc49e91e77fbc5','f738b01e250efa428279433f8567cc1baa9dc63778d6cf62e86fcc645e15bf46','da62399d1cf8363a57b138b5539a1b5ec6e813844340a54419133b5d7a5d1cc5',NULL,NULL);
INSERT INTO "entries" VALUES(25,'2026-11-27T23:09:49.166Z','ANSWER','november-again','63cb4b57880bf7d668cb2ecafb0251f99646ae2b937c37d95d42addd53d1d17e','engineer','root','{"digest":"a","fence":1,"number":1}','ba70579de5cbcf9390d6f9af1e2982d76777ad9d8db9f88b37621cde56d524cc','da62399d1cf8363a57b138b5539a1b5ec6e813844340a54419133b5d7a5d1cc5','e0d6079f64c41f68014186e80de12eab8cd43a55e637bacd82fb9e31cc55b41d',NULL,NULL);
INSERT INTO "entries" VALUES(26,'2026-11-27T23:09:49.172Z','SETTLED','november-again','63cb4b57880bf7d668cb2ecafb0251f99646ae2b937c37d95d42addd53d1d17e','engineer','root','{"reason":"released","release_digest":"0000000000000000000000000000000000000000000000000000000000000001"}','4070025be6a34eecca70faa70e9d438da44f09b7828548fcddb0cdd86b13797b','e0d6079f64c41f68014186e80de12eab8cd43a55e637bacd82fb9e31cc55b41d','b5c57af9c8262469327cdcb6fb9e7b214e79666c5c58e12673bcf863af4f26b1',NULL,NULL);
INSERT INTO "entries" VALUES(27,'2026-11-27T23:09:49.177Z','RESERVED','ward','816971a416025c7b09a00bc8d1b878fe0e136a9ebd9d581efbaeee912763fa0f','engineer','root','{"attempt":1,"request":{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"ward","fingerprint":"f","loss":{"atto_delta":0,"nano_rho":10000000},"reason":"teaching","refresh":"version","run_id":null,"source":"ward","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}}','08a002704cbaceaf9b19f53aad0fabb2aa034aab5f4d445e3cd819ec510253d3','b5c57af9c8262469327cdcb6fb9e7b214e79666c5c58e12673bcf863af4f26b1','3a8b0e321401c07be512c5b377fece87a20d5b5da3ff8ec5ce49ec262a19d5a6',NULL,NULL);
INSERT INTO "entries" VALUES(28,'2026-11-27T23:09:49.187Z','OPENED','ward','816971a416025c7b09a00bc8d1b878fe0e136a9ebd9d581efbaeee912763fa0f','engineer','root','{"fence":1}','ff7c303f2c5e07c8db15a53e162372aa1f8c3c4cb6fd5660a8b1c45da52373a1','3a8b0e321401c07be512c5b377fece87a20d5b5da3ff8ec5ce49ec262a19d5a6','184b5d1122a79f71f76be796c9a5f523a462213bb5f638361ea8d8273e963d9a',NULL,NULL);
INSERT INTO "entries" VALUES(29,'2026-11-27T23:09:49.194Z','REDEEMED','ward','816971a416025c7b09a00bc8d1b878fe0e136a9ebd9d581efbaeee912763fa0f','engineer','root','{"fence":1}','4e0f86bb4b5f4e2aadc2c5a9d67f1bd7ee17f75b331ceee6cb98075339aac4fa','184b5d1122a79f71f76be796c9a5f523a462213bb5f638361ea8d8273e963d9a','e849ca474099e80809d800f855abc846845c9a651838c3383a32ec132a4c42cb',NULL,NULL);
INSERT INTO "entries" VALUES(30,'2026-11-27T23:09:49.199Z','INTENT','ward','816971a416025c7b09a00bc8d1b878fe0e136a9ebd9d581efbaeee912763fa0f','engineer','root','{"digest":"i","fence":1,"number":1}','da0e1eca785be24125098ccc470e4ff731c2520262f6c201fd386b4cb1cbdf9e','e849ca474099e80809d800f855abc846845c9a651838c3383a32ec132a4c42cb','b77ffccc40762d6a53db68bb9e927a6017198a37d4778a188c3c0d0287b3b0b5',NULL,NULL);
INSERT INTO "entries" VALUES(31,'2026-11-27T23:09:49.205Z','ANSWER','ward','816971a416025c7b09a00bc8d1b878fe0e136a9ebd9d581efbaeee912763fa0f','engineer','root','{"digest":"a","fence":1,"number":1}','74a98211394c98cb10ccbbf748f0f1a69bd5a560b6dea536faf4bd5865ced259','b77ffccc40762d6a53db68bb9e927a6017198a37d4778a188c3c0d0287b3b0b5','5be6fafee2fbbe3704ab931ebe1141defad4a8d060601aa5184f2115c6c627a9',NULL,NULL);
INSERT INTO "entries" VALUES(32,'2026-11-27T23:09:49.209Z','SETTLED','ward','816971a416025c7b09a00bc8d1b878fe0e136a9ebd9d581efbaeee912763fa0f','engineer','root','{"reason":"released","release_digest":"0000000000000000000000000000000000000000000000000000000000000001"}','3395b6e32ff36df6358faedc9b83070e0481d7314013a01553a76d19dec35bfd','5be6fafee2fbbe3704ab931ebe1141defad4a8d060601aa5184f2115c6c627a9','a50c829fbfc34de9eabd18975ddffd64d8e91426b9a5a1087ded2d18b830eb0c',NULL,NULL);
INSERT INTO "entries" VALUES(33,'2026-11-27T23:09:49.215Z','RESERVED','other-month','c972ad52e438b67c6dedf820a124bbec9d2fbfa8d1898a232a9db285c1afc582','engineer','root','{"attempt":1,"request":{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"other-month","fingerprint":"f","loss":{"atto_delta":0,"nano_rho":5000000},"reason":"teaching","refresh":"version","run_id":null,"source":"other-month","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}}','c264107c31d20237509a791dc7d87dda79d67568dc2e20357fd85e947c021657','a50c829fbfc34de9eabd18975ddffd64d8e91426b9a5a1087ded2d18b830eb0c','2ca1ec0c24fba616d37233532f295eefebf53fc1490a8a5522c8ca07d118e1dd',NULL,NULL);
INSERT INTO "entries" VALUES(34,'2026-11-27T23:09:49.221Z','OPENED','other-month','c972ad52e438b67c6dedf820a124bbec9d2fbfa8d1898a232a9db285c1afc582','engineer','root','{"fence":1}','87d1cfb59d4f3b872e0a3e266023eb836a219056bdc9a64c0a2911a00f147e4b','2ca1ec0c24fba616d37233532f295eefebf53fc1490a8a5522c8ca07d118e1dd','4f4e37f83293b32ad324c42d27bfa5ae7071f078587cd7b47c00c65f81d3ddba',NULL,NULL);
INSERT INTO "entries" VALUES(35,'2026-11-27T23:09:49.226Z','REDEEMED','other-month','c972ad52e438b67c6dedf820a124bbec9d2fbfa8d1898a232a9db285c1afc582','engineer','root','{"fence":1}','9301563d835146e476693a7f3adafcc264802d18e0ff37cb1775ef678334821c','4f4e37f83293b32ad324c42d27bfa5ae7071f078587cd7b47c00c65f81d3ddba','439b8f87ca7932cbfc1e9dab7c278cff82100b37f28d0c7fe93576b2839e3e69',NULL,NULL);
INSERT INTO "entries" VALUES(36,'2026-11-27T23:09:49.230Z','INTENT','other-month','c972ad52e438b67c6dedf820a124bbec9d2fbfa8d1898a232a9db285c1afc582','engineer','root','{"digest":"i","fence":1,"number":1}','b9759795196658449ac2f203dcf7f8d4a5341a5247c787f12de903cb46b7afc5','439b8f87ca7932cbfc1e9dab7c278cff82100b37f28d0c7fe93576b2839e3e69','a6ffc31be20ee70477e9ae83c3ad81c10d42f7c5ca6b90f8e53f612e7d1d0b84',NULL,NULL);
INSERT INTO "entries" VALUES(37,'2026-11-27T23:09:49.233Z','ANSWER','other-month','c972ad52e438b67c6dedf820a124bbec9d2fbfa8d1898a232a9db285c1afc582','engineer','root','{"digest":"a","fence":1,"number":1}','fdeae7f87358c7ee23e8c87e8fc42a4305a792ec6df261ec296c13ce04231747','a6ffc31be20ee70477e9ae83c3ad81c10d42f7c5ca6b90f8e53f612e7d1d0b84','59911a751895849e7ce8b10fb8ed7227505683ac646ea84d55185bcfee2ed11a',NULL,NULL);
INSERT INTO "entries" VALUES(38,'2026-11-27T23:09:49.237Z','SETTLED','other-month','c972ad52e438b67c6dedf820a124bbec9d2fbfa8d1898a232a9db285c1afc582','engineer','root','{"reason":"released","release_digest":"0000000000000000000000000000000000000000000000000000000000000001"}','83859c8654b5574dbc446a27ac4f03143399ca9057a1abdd5ef028431bc4efe8','59911a751895849e7ce8b10fb8ed7227505683ac646ea84d55185bcfee2ed11a','002e815221e3a8b95d8b1496618a891a0649626eeb526d732abdf88ff06d8130',NULL,NULL);
INSERT INTO "entries" VALUES(39,'2026-11-27T23:09:49.241Z','RESERVED','survey','6104b6e7a1a71e0c691d87b91bc1943bf6d3a3bb5aa9af24e2de821475b8d7fd','engineer','root','{"attempt":1,"request":{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"survey","fingerprint":"f","loss":{"atto_delta":2000000000,"nano_rho":50000000},"reason":"teaching","refresh":"version","run_id":null,"source":"survey","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}}','4803a0fe985f26af91e2b8e57d156c0273eddb603b9a84dd866df1650bdfef86','002e815221e3a8b95d8b1496618a891a0649626eeb526d732abdf88ff06d8130','bc6a03a9b01df9e90e5ba18947e918f5b167d13aa962be75c9948c55c377f5bd',NULL,NULL);
INSERT INTO "entries" VALUES(40,'2026-11-27T23:09:49.246Z','OPENED','survey','6104b6e7a1a71e0c691d87b91bc1943bf6d3a3bb5aa9af24e2de821475b8d7fd','engineer','root','{"fence":1}','1a12290ebac3293249f0396116b8fc192466106a54e26fefda67767d2b8013c0','bc6a03a9b01df9e90e5ba18947e918f5b167d13aa962be75c9948c55c377f5bd','b7feacfcda29cdf0990125859c845e86c7eaea9e43c710c532531ec57e82608d',NULL,NULL);
INSERT INTO "entries" VALUES(41,'2026-11-27T23:09:49.251Z','REDEEMED','survey','6104b6e7a1a71e0c691d87b91bc1943bf6d3a3bb5aa9af24e2de821475b8d7fd','engineer','root','{"fence":1}','5ff93a563ebfcd9986fc3028379e8111414a253f7347324afd3d6f2e30cbe192','b7feacfcda29cdf0990125859c845e86c7eaea9e43c710c532531ec57e82608d','6fc8e3d54d313be7ac15c09a59e1693376a0df6285beb7b94f266201b2a1f095',NULL,NULL);
INSERT INTO "entries" VALUES(42,'2026-11-27T23:09:49.255Z','INTENT','survey','6104b6e7a1a71e0c691d87b91bc1943bf6d3a3bb5aa9af24e2de821475b8d7fd','engineer','root','{"digest":"i","fence":1,"number":1}','303ae1de9af33a4177c04a66b5a7e4d143472677aa900e39561a26414b8648e0','6fc8e3d54d313be7ac15c09a59e1693376a0df6285beb7b94f266201b2a1f095','8d234c49ef32b44c6a7f5053ead8431cb93c1fbf5e65f5a678827b2c3ccd7dfd',NULL,NULL);
INSERT INTO "entries" VALUES(43,'2026-11-27T23:09:49.260Z','ANSWER','survey','6104b6e7a1a71e0c691d87b91bc1943bf6d3a3bb5aa9af24e2de821475b8d7fd','engineer','root','{"digest":"a","fence":1,"number":1}','1763275b9b5b5b0ea12a45981fd747518a75324775b7fbdbb71a934b746a956b','8d234c49ef32b44c6a7f5053ead8431cb93c1fbf5e65f5a678827b2c3ccd7dfd','cb10167b33a4152933833c54498cd2b78b0bfc8b4ce17c4f55e1a41452242698',NULL,NULL);
INSERT INTO "entries" VALUES(44,'2026-11-27T23:09:49.264Z','SETTLED','survey','6104b6e7a1a71e0c691d87b91bc1943bf6d3a3bb5aa9af24e2de821475b8d7fd','engineer','root','{"reason":"released","release_digest":"0000000000000000000000000000000000000000000000000000000000000001"}','1d4e8de43fb66eb92b303e633110ed9912fb16a588817df52e61f31a28ba8d61','cb10167b33a4152933833c54498cd2b78b0bfc8b4ce17c4f55e1a41452242698','d43edbfb8ae0a7e444960a8139d8e8f3d676231d95988736c6d8bef4afe126c0',NULL,NULL);
INSERT INTO "entries" VALUES(45,'2026-11-27T23:09:49.267Z','RESERVED','november','deac2ff3844b370b713e5e9efd5ac8f84f2384597adde4fa5840ae03358400d0','engineer','root','{"attempt":1,"request":{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"november","fingerprint":"waiting","loss":{"atto_delta":0,"nano_rho":1000000},"reason":"teaching","refresh":"version","run_id":null,"source":"november","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}}','4c00613f95ea4a14ec2c304dc08ffd5384876b024080ad8672f392709b2963b2','d43edbfb8ae0a7e444960a8139d8e8f3d676231d95988736c6d8bef4afe126c0','a9be1115d589c67f2d58b5b953857eae8d4ea106f080ccc1473aa338b28f6d2e',NULL,NULL);
CREATE TABLE ledger (
	id INTEGER NOT NULL CHECK (id = 1), 
	ledger_id TEXT NOT NULL, 
	format INTEGER NOT NULL, 
	seq BIGINT NOT NULL, 
	hash TEXT NOT NULL, 
	time TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "ledger" VALUES(1,'2296e8e63e0b405b4b284263adafc51e',1,45,'a9be1115d589c67f2d58b5b953857eae8d4ea106f080ccc1473aa338b28f6d2e','2026-11-27T23:09:49.267Z');
CREATE TABLE places (
	source TEXT NOT NULL, 
	location TEXT NOT NULL, 
	options TEXT NOT NULL, 
	salt TEXT NOT NULL, 
	PRIMARY KEY (source), 
	FOREIGN KEY(source) REFERENCES sources (name)
);
INSERT INTO "places" VALUES('november','/private/november.parquet','{}','68ea8a032a541dfac11c7a44224b2651');
INSERT INTO "places" VALUES('november-again','/private/november-again.parquet','{}','d515e708b8eb96b3820cc8958095218b');
INSERT INTO "places" VALUES('ward','/private/ward.parquet','{}','dab4fd1a80c20d2c8d70b1340e4522a7');
INSERT INTO "places" VALUES('other-month','/private/other-month.parquet','{}','847d91ed8bae2c0a4d75080518ed2161');
INSERT INTO "places" VALUES('survey','/private/survey.parquet','{}','3741fcb8c16dcd5b91280692064f376a');
INSERT INTO "places" VALUES('clinic-all','/private/clinic-all.parquet','{}','2f238db528d8d5b6b78ab0265286679b');
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
INSERT INTO "reservations" VALUES(1,'f0c2f3047c9d37b4f46ee313adc9aa926add404d63162cb57e3933112b4816e9','7e098ac61553e6f533ff36760ac926add78625a1dba7a1b4241cd8e5d0c520ce',1,'november','november','{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"november","fingerprint":"f","loss":{"atto_delta":0,"nano_rho":30000000},"reason":"teaching","refresh":"version","run_id":null,"source":"november","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}',30000000,0,'SETTLED',1,NULL,'0000000000000000000000000000000000000000000000000000000000000001','ab72b793-d0fb-41e7-8f73-b164f5eff0e5:4026531836',9422,'108363',1795821889129);
INSERT INTO "reservations" VALUES(2,'63cb4b57880bf7d668cb2ecafb0251f99646ae2b937c37d95d42addd53d1d17e','d6152ecbd91badbb0da5485c978389c143fda29aa6bef7472a14d18af75605aa',1,'november-again','november-again','{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"november-again","fingerprint":"f","loss":{"atto_delta":0,"nano_rho":20000000},"reason":"teaching","refresh":"version","run_id":null,"source":"november-again","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}',20000000,0,'SETTLED',1,NULL,'0000000000000000000000000000000000000000000000000000000000000001','ab72b793-d0fb-41e7-8f73-b164f5eff0e5:4026531836',9422,'108363',1795821889166);
INSERT INTO "reservations" VALUES(3,'816971a416025c7b09a00bc8d1b878fe0e136a9ebd9d581efbaeee912763fa0f','62b1a0c36d3069ca65879ee4a499c5cc5012ee471e9c4d8fbe1ef80008538ebb',1,'ward','ward','{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"ward","fingerprint":"f","loss":{"atto_delta":0,"nano_rho":10000000},"reason":"teaching","refresh":"version","run_id":null,"source":"ward","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}',10000000,0,'SETTLED',1,NULL,'0000000000000000000000000000000000000000000000000000000000000001','ab72b793-d0fb-41e7-8f73-b164f5eff0e5:4026531836',9422,'108363',1795821889205);
INSERT INTO "reservations" VALUES(4,'c972ad52e438b67c6dedf820a124bbec9d2fbfa8d1898a232a9db285c1afc582','7b8550b6ea054d9d9127bd2a04ed2d02bcfc52dfac18ffeae2d79cea7f135bcc',1,'other-month','other-month','{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"other-month","fingerprint":"f","loss":{"atto_delta":0,"nano_rho":5000000},"reason":"teaching","refresh":"version","run_id":null,"source":"other-month","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}',5000000,0,'SETTLED',1,NULL,'0000000000000000000000000000000000000000000000000000000000000001','ab72b793-d0fb-41e7-8f73-b164f5eff0e5:4026531836',9422,'108363',1795821889233);
INSERT INTO "reservations" VALUES(5,'6104b6e7a1a71e0c691d87b91bc1943bf6d3a3bb5aa9af24e2de821475b8d7fd','88ebecc060e81631ce3c8f2a35e3e6acdfef499cf7c25d864ffc98728d4e4236',1,'survey','survey','{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"survey","fingerprint":"f","loss":{"atto_delta":2000000000,"nano_rho":50000000},"reason":"teaching","refresh":"version","run_id":null,"source":"survey","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}',50000000,2000000000,'SETTLED',1,NULL,'0000000000000000000000000000000000000000000000000000000000000001','ab72b793-d0fb-41e7-8f73-b164f5eff0e5:4026531836',9422,'108363',1795821889260);
INSERT INTO "reservations" VALUES(6,'deac2ff3844b370b713e5e9efd5ac8f84f2384597adde4fa5840ae03358400d0','6270ca1f08bbdfba6d3e0367cb62fb1fc146ff07627e5d17c797af805ef6517a',1,'november','november','{"by":"engineer","contract_digest":"0000000000000000000000000000000000000000000000000000000000000000","dataset":"november","fingerprint":"waiting","loss":{"atto_delta":0,"nano_rho":1000000},"reason":"teaching","refresh":"version","run_id":null,"source":"november","unit":{"column":"person","max_rows":3,"neighbours":"add_remove_unit"},"version":"2026-11"}',1000000,0,'RESERVED',0,NULL,NULL,'ab72b793-d0fb-41e7-8f73-b164f5eff0e5:4026531836',9422,'108363',1795821889267);
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
INSERT INTO "sources" VALUES('november','parquet','[["person","int64"],["seen","timestamp[us]"],["age","int64"]]','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}','november','2026-11',NULL,'0e925e4b620ebf9ad034bb5e260f3e7096873d2f17a97abac6e22765f9426a34');
INSERT INTO "sources" VALUES('november-again','parquet','[["person","int64"],["seen","timestamp[us]"],["age","int64"]]','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}','november-again','2026-11',NULL,'33b2fcbc8aec699dfba037016af28ca80113b29a262bc7881dfe6793b1a5c9ed');
INSERT INTO "sources" VALUES('ward','parquet','[["person","int64"],["seen","timestamp[us]"],["age","int64"]]','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}','ward','2026-11',NULL,'7b108b12fefb923147a04ab38964f3b9ef6f89adef379f5d318bee796f7509db');
INSERT INTO "sources" VALUES('other-month','parquet','[["person","int64"],["seen","timestamp[us]"],["age","int64"]]','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}','other-month','2026-11',NULL,'a4ab63df4693c7c554e2e1500166d8b500074a9f5048cc909daa66a2e7398244');
INSERT INTO "sources" VALUES('survey','parquet','[["person","int64"],["seen","timestamp[us]"],["age","int64"]]','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}','survey','2026-11',NULL,'792648a3cc4d1d20159c9ba5b083f1436825d900add3b063119b1f768317cdbe');
INSERT INTO "sources" VALUES('clinic-all','parquet','[["person","int64"],["seen","timestamp[us]"],["age","int64"]]','{"column":"person","max_rows":3,"neighbours":"add_remove_unit"}','clinic','2026-11',NULL,'0da4df843dd22decd3ad4172fce7a03246b973924d0ef475fe6c715ca9f814c9');
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
COMMIT;
