# Odoo 19, the OCA addons the suite stands on, and the suite itself.
# Reproducible builds pin the digest:
#   docker build --build-arg ODOO_IMAGE=odoo:19.0@sha256:... .
# (docker buildx imagetools inspect odoo:19.0 prints it)
ARG ODOO_IMAGE=odoo:19.0
FROM ${ODOO_IMAGE}

# hadolint ignore=DL3066
USER root
SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# The wheels land beside the server's own addons; `odoo` is a namespace package, so
# no addons_path is needed. --no-deps: `odoo` itself comes from the image.
COPY requirements-oca.txt /opt/suite/requirements-oca.txt
RUN pip3 install --no-cache-dir --break-system-packages --no-deps \
        -r /opt/suite/requirements-oca.txt \
    && install -d -o odoo -g odoo -m 0700 /backups

# Not /mnt/extra-addons: the image declares it a volume, and an old anonymous volume
# would hide new code.
COPY addons /opt/suite/addons
# the server's user cannot write beside the code, so its bytecode is made now
RUN python3 -m compileall -q /opt/suite/addons
COPY odoo.conf /etc/odoo/odoo.conf
COPY --chmod=0755 deploy/*.sh /opt/suite/deploy/

# the image's own user; its number differs between images
# hadolint ignore=DL3066
USER odoo
ENTRYPOINT ["/opt/suite/deploy/entry.sh"]
CMD ["odoo"]
