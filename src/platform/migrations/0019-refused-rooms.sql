-- A budget of which a little is left lets no call through that needs more: that a call was refused says that it is spent.
--
-- The previous program runs on this schema as it did: it does not know the column.

-- The amount at which a call was refused in this window; an amount that was raised since is not spent.
alter table spend_window add column refused_at numeric;
