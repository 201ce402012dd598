-- +goose Up
create table vorgang (
  number      text    not null primary key, -- antragsidentifikation
  authority   text    not null,             -- kennung
  application text    not null,             -- UUID of the 130101
  name        text    not null,
  birth       text    not null,
  title       text    not null,             -- service, from the readable form, else empty
  ground      text    not null,             -- code of ozg.antragsgrund
  purpose     text    not null,             -- code of ozg.aufenthaltsgrund
  reachable   integer not null,             -- rueckkanalVorhanden
  received_at bigint  not null
);
create table nachricht (
  uuid     text   not null primary key,
  number   text   not null,
  type     text   not null,
  trigger  text   not null default '', -- ausloeserUUID
  at       bigint not null
);
create index nachricht_number on nachricht (number, at);
